"""Timestamps: asked for, read, judged; OpenSSL makes tokens that we take and takes those that we make."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from core.sdk.signing import HttpAnswer, NoAnswer
from core.sdk.testing.http import StubHttp, broken_network
from plugins.transcripts.simulator.tokens import Authority
from plugins.transcripts.trust import timestamp
from plugins.transcripts.trust.anchors import Anchors
from plugins.transcripts.trust.structures import Refusal, StatusInfo, TimeStampRequest
from plugins.transcripts.trust.timestamp import Timestamp, fetch, judge, read
from tests.plugins.transcripts import pki

DATA = "chữ ký của hiệu trưởng".encode()
IMPRINT = hashlib.sha256(DATA).digest()
NOW, DAY = pki.NOW, timedelta(days=1)
ANCHORS = pki.anchors()
TOKEN = pki.timestamp(IMPRINT)


def judged(token: bytes, imprint: bytes = IMPRINT, at: datetime = NOW + DAY, anchors: Anchors = ANCHORS) -> object:
    return judge(token, imprint, anchors, at)


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_a_token_proves_its_time(kind: pki.Kind) -> None:
    authority = pki.tsa(f"TSA {kind}", kind=kind)
    assert judged(pki.timestamp(IMPRINT, by=authority)) == Timestamp(NOW, authority.certificate)


def _with(**changes: object) -> Callable[[], bytes]:
    return lambda: pki.timestamp(IMPRINT, by=pki.tsa(f"TSA {sorted(changes)}", **changes))


def _of_another_signature() -> bytes:
    return pki.timestamp(hashlib.sha256(b"another signature").digest())


def _by_a_teacher() -> bytes:
    return pki.timestamp(IMPRINT, by=pki.signer("Đỗ Văn Em", "001085000005", kind="p256"))


def _naming_another_certificate() -> bytes:
    mine, other = pki.tsa(), pki.tsa("Other TSA")
    return Authority(mine.certificate, mine.key, mine.chain[:1], named=other.certificate).token(IMPRINT, NOW)


def _signed_by_another_key() -> bytes:
    return Authority(pki.tsa().certificate, pki.tsa("Other TSA").key).token(IMPRINT, NOW)


def _by_a_stranger() -> bytes:
    return pki.timestamp(IMPRINT, by=pki.tsa("Strange TSA", issuer=pki.issuing("Other CA", "Other Root")))


def _before_its_certificate() -> bytes:
    return pki.timestamp(IMPRINT, pki.SINCE - DAY)


def _from_tomorrow() -> bytes:
    return pki.timestamp(IMPRINT, NOW + 2 * DAY)


def _by_one_that_has_ended() -> bytes:
    return pki.timestamp(IMPRINT, by=pki.tsa("Ended TSA", until=NOW + DAY / 2))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    # Attack 29: a token of another signature, or from a certificate that is none of a timestamp authority.
    "of another signature": (_of_another_signature, "timestamp_imprint"),
    "by a teacher": (_by_a_teacher, "timestamp_purpose"),
    "purpose not critical": (_with(critical=False), "timestamp_purpose"),
    "purpose among others": (_with(more=(ExtendedKeyUsageOID.CODE_SIGNING,)), "timestamp_purpose"),
    "naming another certificate": (_naming_another_certificate, "timestamp_certificate"),
    "signed by another key": (_signed_by_another_key, "timestamp_signature"),
    "by a stranger": (_by_a_stranger, "timestamp_chain"),
    # Attack 30 on the authority's side: its own certificate has to hold at the token's time.
    "before its certificate": (_before_its_certificate, "timestamp_chain"),
    "from tomorrow": (_from_tomorrow, "timestamp_future"),
    "by one that has ended": (_by_one_that_has_ended, "timestamp_expired"),
    "nothing": (bytes, "timestamp_malformed"),
    "cut": (lambda: TOKEN[:-1], "timestamp_malformed"),
    "more behind": (lambda: TOKEN + b"\x00", "timestamp_malformed"),
    "too long": (lambda: bytes(timestamp.MOST + 1), "timestamp_malformed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_proof(name: str) -> None:
    build, code = REFUSED[name]
    assert judged(build()) == code


@given(st.integers(0, 2**20), st.integers(1, 255))
def test_a_changed_byte_never_moves_the_time_and_never_raises(place: int, change: int) -> None:
    token = bytearray(TOKEN)
    token[place % len(token)] ^= change
    found = judged(bytes(token))
    assert isinstance(found, str) or found == Timestamp(NOW, pki.tsa().certificate), "only what nobody reads may differ"


def _answering(answer: Callable[[bytes], HttpAnswer]) -> tuple[StubHttp, bytes | NoAnswer]:
    http = StubHttp(answer)
    return http, fetch("https://tsa.test.invalid/", IMPRINT, http)


def test_asking_an_authority() -> None:
    authority = Authority(pki.tsa().certificate, pki.tsa().key, pki.tsa().chain[:1])
    http, token = _answering(lambda body: HttpAnswer(200, {}, authority.answer(body, NOW)))
    assert isinstance(token, bytes) and isinstance(judged(token), Timestamp)
    asked = asn1.decode_der(TimeStampRequest, http.sent[0])
    assert asked.certificates_wanted and asked.imprint.digest == IMPRINT and read(token).nonce == asked.nonce


def test_answers_that_are_none() -> None:
    authority = Authority(pki.tsa().certificate, pki.tsa().key)
    refusal = asn1.encode_der(Refusal(status=StatusInfo(status=2, text=["no"])))
    replayed = authority.answer(timestamp.ask(IMPRINT, 1), NOW)
    for answer, why in (
        (broken_network, "no answer"),
        (lambda _body: HttpAnswer(503, {}, b""), "answered 503"),
        (lambda _body: HttpAnswer(200, {}, refusal), "refused with status 2"),
        (lambda _body: HttpAnswer(200, {}, b"<html>"), "not a timestamp response"),
        (lambda _body: HttpAnswer(200, {}, replayed), "another request"),
    ):
        _http, found = _answering(answer)
        assert isinstance(found, NoAnswer) and why in found.detail


def test_an_authority_stamps_only_what_it_knows() -> None:
    asked = asn1.decode_der(TimeStampRequest, timestamp.ask(IMPRINT, 1))
    asked.imprint.digest = bytes(20)
    answer = Authority(pki.tsa().certificate, pki.tsa().key).answer(asn1.encode_der(asked), NOW)
    with pytest.raises(timestamp.MalformedToken, match="status 2"):
        timestamp.granted(answer, IMPRINT, 1)


def test_openssl_agrees_both_ways(tmp_path: Path) -> None:
    authority = pki.tsa("OpenSSL TSA", kind="rsa")
    key = authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = {"tsa.pem": authority.pem, "tsa.key": key, "root.pem": pki.root().pem, "issuing.pem": pki.issuing().pem}
    files |= {"data": DATA, "serial": b"01", "ours.tst": TOKEN, "other.tst": _of_another_signature()}
    files |= {"teacher.tst": _by_a_teacher(), "asked.tsq": timestamp.ask(IMPRINT, 77)}
    files["tsa.cnf"] = _CONFIG.encode()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def run(*command: str) -> str:
        done = subprocess.run(("openssl", "ts", *command), cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def verified(token: str) -> str:
        given = ("-data", "data", "-in", token, "-token_in", "-CAfile", "root.pem", "-untrusted", "issuing.pem")
        return run("-verify", *given, "-attime", str(int(NOW.timestamp())))

    assert "Verification: OK" in verified("ours.tst")
    assert "Verification: FAILED" in verified("other.tst") and "Verification: FAILED" in verified("teacher.tst")
    run("-reply", "-config", "tsa.cnf", "-queryfile", "asked.tsq", "-out", "theirs.tsr")
    theirs = timestamp.granted((tmp_path / "theirs.tsr").read_bytes(), IMPRINT, 77)
    found = judged(theirs, at=pki.UNTIL)
    assert isinstance(found, Timestamp) and found.authority == authority.certificate


_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = issuing.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
