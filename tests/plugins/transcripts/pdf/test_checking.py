from __future__ import annotations

from datetime import timedelta

import pytest

from plugins.transcripts.pdf.seal import SealRefused, finish, prepare
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.pdf import papers


def test_a_genuine_paper_has_nothing_against_it() -> None:
    found = papers.verdict(papers.sealed())
    assert found.findings == ()
    (seal,) = found.signers
    assert (seal.role, seal.name, seal.judged_at) == ("KY_PHAT_HANH", "Trường THCS Hoa Phượng", pki.NOW)


def test_elliptic_keys_seal_too() -> None:
    assert papers.codes(papers.seal(papers.drawn(), pki.organisation(kind="p256"))) == []


def test_without_a_timestamp_the_certificate_has_to_hold_on_the_day_that_is_asked_about() -> None:
    later = pki.UNTIL + timedelta(days=1)
    assert papers.codes(papers.sealed(stamped=False)) == []
    assert papers.codes(papers.sealed(stamped=False), at=later) == ["certificate_expired"]


def test_a_signature_of_something_else_is_not_put_in() -> None:
    holder = pki.organisation()
    prepared = prepare(papers.drawn(), holder.certificate, holder.chain, pki.NOW)
    with pytest.raises(SealRefused):
        finish(prepared, papers.sign(holder, b"\0" * 32))
    with pytest.raises(SealRefused):
        finish(prepared, papers.sign(pki.signer(), prepared.digest))


def test_what_was_prepared_comes_out_again() -> None:
    holder = pki.organisation()
    first, again = (prepare(papers.drawn(), holder.certificate, holder.chain, pki.NOW) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.7\ntrailer\nstartxref\n", b"x" * 1000])
def test_what_is_no_paper_of_ours_is_said_to_be_none(data: bytes) -> None:
    assert papers.codes(data) == ["pdf_not_ours"]
