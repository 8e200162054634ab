from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from plugins.transcripts.pdf.evidence import with_evidence
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.pdf import papers

AFTER = pki.NOW + timedelta(hours=1)


@cache
def kept() -> bytes:
    school, authority = pki.organisation(), pki.tsa()
    certificates = [school.der, authority.der, pki.issuing().der, pki.root().der]
    stamp = lambda imprint: pki.timestamp(imprint, AFTER)  # noqa: E731
    return with_evidence(papers.sealed(), certificates, [pki.ocsp(school, at=AFTER)], [pki.crl(at=AFTER)], stamp)


def test_evidence_may_be_added_after_the_seal() -> None:
    assert kept().startswith(papers.sealed())
    assert papers.codes(kept(), at=AFTER + timedelta(days=1)) == []


def test_the_seal_is_judged_when_the_evidence_was_stamped() -> None:
    ended = pki.UNTIL + timedelta(days=1)
    long = pki.tsa("Long TSA", until=datetime(2044, 1, 1, tzinfo=UTC))
    renewed = with_evidence(kept(), [long.der], [], [], lambda imprint: pki.timestamp(imprint, AFTER, by=long))
    assert papers.codes(kept(), at=ended) == ["timestamp_expired", "timestamp_expired", "certificate_expired"]
    assert papers.codes(renewed, at=ended) == []


def test_nothing_else_may_stand_behind_the_evidence() -> None:
    assert papers.verdict(kept() + b"% more\n", at=AFTER).integrity == "invalid"
    assert papers.verdict(kept()[:-40], at=AFTER).integrity == "invalid"
