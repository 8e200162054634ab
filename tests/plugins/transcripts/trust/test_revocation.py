"""What kept evidence says about a certificate at a time; OpenSSL reads the same from the same bytes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from plugins.transcripts.trust.revocation import NO_GRACE, Good, Revoked, judge
from plugins.transcripts.trust.status.crl import number_of
from tests.plugins.transcripts import pki

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = pki.NOW
TEACHER = pki.signer("Trần Văn Bình", "001080000002", kind="p256")
OTHER = pki.signer("Lê Thị Cúc", "001190000003", kind="p256")
ISSUER = pki.issuing()
STRANGER = pki.issuing("Other CA", "Other Root")


def judged(*evidence: bytes, at: datetime = NOW, grace: timedelta = NO_GRACE) -> Good | Revoked | str:
    return judge(TEACHER.certificate, ISSUER.certificate, evidence, at, grace=grace)


def test_good_by_a_delegated_responder_by_the_issuer_and_by_a_list() -> None:
    for evidence in (
        pki.ocsp(TEACHER),
        pki.ocsp(TEACHER, sha1=False),
        pki.ocsp(TEACHER, signed_by=ISSUER),
        pki.crl(),
        pki.crl(revoked={OTHER: NOW}),
    ):
        assert judged(evidence) == Good(NOW)


def test_revoked_from_its_day_on_and_good_before() -> None:
    later = NOW + DAY
    for evidence in (
        pki.ocsp(TEACHER, at=later, revoked_at=NOW, reason=x509.ReasonFlags.key_compromise),
        pki.crl(at=later, revoked=[(TEACHER, NOW, x509.ReasonFlags.key_compromise)]),
    ):
        assert judged(evidence) == Revoked(NOW, "keyCompromise")
        assert judged(evidence, at=NOW + HOUR) == Revoked(NOW, "keyCompromise")
        assert judged(evidence, at=NOW - HOUR) == Good(later)
        assert judged(pki.ocsp(TEACHER), evidence) == Revoked(NOW, "keyCompromise"), "a good word does not undo it"


def test_what_was_on_hold_is_lifted_by_a_later_word_only() -> None:
    held = pki.crl(at=NOW - DAY, revoked=[(TEACHER, NOW - DAY, x509.ReasonFlags.certificate_hold)])
    assert isinstance(judged(held, at=NOW - HOUR), Revoked)
    assert judged(held, pki.ocsp(TEACHER, at=NOW)) == Good(NOW)
    assert isinstance(judged(held, pki.ocsp(TEACHER, at=NOW - 2 * DAY)), Revoked)


def test_invalidity_counts_from_where_it_began() -> None:
    row = x509.RevokedCertificateBuilder().serial_number(TEACHER.certificate.serial_number).revocation_date(NOW)
    since = (NOW - DAY).replace(tzinfo=None)
    row = row.add_extension(x509.InvalidityDate(since), critical=False)
    builder = x509.CertificateRevocationListBuilder().issuer_name(ISSUER.certificate.subject).last_update(NOW)
    builder = builder.next_update(NOW + DAY).add_revoked_certificate(row.build())
    evidence = builder.sign(ISSUER.key, SHA256()).public_bytes(Encoding.DER)
    assert judged(evidence, at=NOW - HOUR) == Revoked(NOW - DAY, "")


def _forged_list() -> bytes:
    return pki.crl(signed_by=STRANGER)


def _by_a_stranger() -> bytes:
    return pki.ocsp(TEACHER, signed_by=STRANGER)


def _by_a_responder_of_another_issuer() -> bytes:
    return pki.ocsp(TEACHER, signed_by=pki.responder("Foreign OCSP", issuer=STRANGER))


def _by_another_signer() -> bytes:
    return pki.ocsp(TEACHER, signed_by=OTHER)


def _by_a_timestamp_authority() -> bytes:
    return pki.ocsp(TEACHER, signed_by=pki.tsa())


def _by_a_responder_that_had_ended() -> bytes:
    return pki.ocsp(TEACHER, signed_by=pki.responder("Old OCSP", since=NOW - 9 * DAY, until=NOW - DAY))


def _by_a_responder_without_nocheck() -> bytes:
    return pki.ocsp(TEACHER, signed_by=pki.responder("Checked OCSP", no_check=False))


@pytest.mark.parametrize(
    "evidence",
    [
        _forged_list,
        _by_a_stranger,
        _by_a_responder_of_another_issuer,
        _by_another_signer,
        _by_a_timestamp_authority,
        _by_a_responder_that_had_ended,
        _by_a_responder_without_nocheck,
    ],
)
def test_a_wrong_responder_says_nothing(evidence: Callable[[], bytes]) -> None:
    assert judged(evidence()) == "revocation_wrong_responder"
    assert judged(evidence(), pki.ocsp(TEACHER)) == Good(NOW), "nor does it spoil what others say"


def test_nobody_knows() -> None:
    assert judged() == "revocation_unknown"
    assert judged(b"", b"\x30\x03\x02\x01\x00") == "revocation_unknown"
    assert judged(pki.ocsp(OTHER)) == "revocation_unknown"
    assert judged(pki.ocsp(TEACHER, unknown=True)) == "revocation_unknown"
    assert judged(pki.crl(issuer=STRANGER)) == "revocation_unknown"


def test_the_same_serial_number_of_another_issuer_is_another_certificate() -> None:
    assert judged(pki.ocsp(TEACHER, issuer=STRANGER.certificate)) == "revocation_unknown"


def test_words_from_another_time_are_stale() -> None:
    old, old_list = pki.ocsp(TEACHER, at=NOW - 2 * DAY), pki.crl(at=NOW - 8 * DAY)
    assert judged(old) == judged(old_list) == "revocation_stale"
    assert judged(pki.ocsp(TEACHER, at=NOW - HOUR)) == Good(NOW - HOUR), "the newest word at that time"
    assert judged(pki.ocsp(TEACHER, at=NOW - HOUR, valid_for=None)) == "revocation_stale"


def test_with_grace_only_words_of_after_it_clear() -> None:
    assert judged(pki.ocsp(TEACHER, at=NOW + HOUR), grace=DAY) == "revocation_stale"
    assert judged(pki.ocsp(TEACHER, at=NOW + DAY), grace=DAY) == Good(NOW + DAY)
    late = pki.ocsp(TEACHER, at=NOW + DAY, revoked_at=NOW - HOUR)
    assert isinstance(judged(pki.ocsp(TEACHER, at=NOW), late, grace=DAY), Revoked)


def test_silence_about_a_certificate_that_had_ended_clears_nothing() -> None:
    assert judged(pki.crl(at=pki.UNTIL + DAY)) == "revocation_stale"


def test_lists_of_part_of_the_certificates_are_not_taken() -> None:
    for point in (
        x509.IssuingDistributionPoint(None, None, False, True, None, False, False),
        x509.IssuingDistributionPoint(None, None, False, False, None, True, False),
    ):
        assert judged(_list_with(point)) == "revocation_unknown"
    assert judged(_list_with(x509.DeltaCRLIndicator(1))) == "revocation_unknown"
    users = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    assert judged(_list_with(users)) == Good(NOW)


def test_lists_count_up() -> None:
    assert [number_of(pki.crl(number=n)) for n in (1, 2, 300)] == [1, 2, 300]
    with pytest.raises(ValueError, match="list"):
        number_of(_list_with(None))


@given(st.integers(0, 2**20), st.integers(1, 255), st.booleans())
def test_a_changed_byte_never_clears_and_never_raises(place: int, change: int, answer: bool) -> None:
    later = NOW + HOUR
    evidence = bytearray(pki.ocsp(TEACHER, at=later, revoked_at=NOW) if answer else _REVOKED)
    evidence[place % len(evidence)] ^= change
    assert not isinstance(judged(bytes(evidence)), Good)


_REVOKED = pki.crl(at=NOW + HOUR, revoked={TEACHER: NOW})


def test_openssl_reads_the_same(tmp_path: Path) -> None:
    files = {"root.pem": pki.root().pem, "issuing.pem": ISSUER.pem, "teacher.pem": TEACHER.pem}
    files |= {"good.ocsp": pki.ocsp(TEACHER), "bad.ocsp": pki.ocsp(TEACHER, revoked_at=NOW - HOUR)}
    files |= {"wrong.ocsp": _by_another_signer()}
    for name, revoked in (("good", {}), ("bad", {TEACHER: NOW - HOUR})):
        crl = x509.load_der_x509_crl(pki.crl(revoked=revoked))
        files[f"{name}.crl"] = crl.public_bytes(Encoding.PEM)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def asked(answer: str) -> str:
        given = ("-issuer", "issuing.pem", "-cert", "teacher.pem", "-respin", answer, "-no_nonce")
        at = ("-attime", str(int(NOW.timestamp())), "-validity_period", "999999999")
        return run("openssl", "ocsp", *given, "-CAfile", "root.pem", "-verify_other", "issuing.pem", *at)

    assert "Response verify OK" in asked("good.ocsp") and "teacher.pem: good" in asked("good.ocsp")
    assert "teacher.pem: revoked" in asked("bad.ocsp")
    assert "Response Verify Failure" in asked("wrong.ocsp")
    checked = ("openssl", "verify", "-attime", str(int(NOW.timestamp())), "-CAfile", "root.pem", "-crl_check")
    of = ("-untrusted", "issuing.pem", "teacher.pem")
    assert "teacher.pem: OK" in run(*checked, "-CRLfile", "good.crl", *of)
    assert "certificate revoked" in run(*checked, "-CRLfile", "bad.crl", *of)


def _list_with(extension: x509.ExtensionType | None) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(ISSUER.certificate.subject)
    builder = builder.last_update(NOW).next_update(NOW + DAY)
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(ISSUER.key, SHA256()).public_bytes(Encoding.DER)
