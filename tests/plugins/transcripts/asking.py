"""Questions to the verifier with everything at hand: entitlements, the word of the log, the day after."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from plugins.transcripts.record.years import YearTranscript
from plugins.transcripts.trust.anchors import Anchors
from plugins.transcripts.verify.entitlement import FORMAT, Entitlements, opened
from plugins.transcripts.verify.verifier import Checked, JudgeStatus, Question, Verifier

from . import pki, samples

DAY_AFTER = pki.NOW + timedelta(days=1)


def department() -> pki.Holder:
    """Who signs lists of entitlements."""
    return pki.organisation("Sở Giáo dục và Đào tạo Hà Nội", "0100000001", kind="p256")


@cache
def verifier() -> Verifier:
    anchors = pki.anchors()
    return Verifier(Anchors({**anchors.sets, "lists": (department().certificate,)}))


def entitlement_file(
    record: YearTranscript, *, until: date = date(2026, 8, 31), names: Mapping[str, str] | None = None
) -> bytes:
    """Everybody who has to sign a record, from the first of September on."""
    rows: list[dict[str, str]] = []
    for place in record.slots:
        name, person = record.signer(place)
        row = {"person": person, "name": (names or {}).get(name, name), "role": place.role.value}
        rows.append({**row, "subject": place.subject, "from": "2025-09-01", "until": until.isoformat()})
    payload = {"format": FORMAT, "school": record.header.school_code, "entitlements": rows}
    return signed_list(payload, department())


def signed_list(payload: Mapping[str, object], by: pki.Holder) -> bytes:
    header = {"alg": "ES256", "x5c": [base64.b64encode(by.der).decode()]}
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, payload)]
    signature = base64.urlsafe_b64encode(by.sign(b".".join(parts))).rstrip(b"=")
    names = ("protected", "payload", "signature")
    return json.dumps(dict(zip(names, map(bytes.decode, (*parts, signature)), strict=True))).encode()


def entitlements(
    record: YearTranscript, *, until: date = date(2026, 8, 31), names: Mapping[str, str] | None = None
) -> Entitlements:
    return opened(entitlement_file(record, until=until, names=names), verifier().anchors, DAY_AFTER)


def check(
    data: bytes,
    *,
    entitlements: Entitlements | None = None,
    revocation: Sequence[bytes] = (),
    status: JudgeStatus = lambda _sha256: (),
) -> Checked:
    """The verdict on a file, asked the day after it was sealed, with a log that says that it counts."""
    listed = entitlements or _listed()
    return verifier().check(data, Question(DAY_AFTER, listed, revocation, status))


@cache
def _listed() -> Entitlements:
    return entitlements(samples.secondary())


def certified(key: rsa.RSAPrivateKey, name: str, number: str) -> bytes:
    """A certificate for a key that no authority should have taken."""
    above = pki.issuing()
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.SERIAL_NUMBER, number)]
    )
    builder = x509.CertificateBuilder(above.certificate.subject, subject, key.public_key(), 7, pki.SINCE, pki.UNTIL)
    return builder.sign(above.key, SHA256()).public_bytes(Encoding.DER)


def self_signed(name: str, number: str) -> pki.Holder:
    """A certificate that somebody made for themselves, with the names of a school."""
    key = pki.key(f"self-signed {name}")
    names = [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, number)]
    subject = x509.Name(names)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 9, pki.SINCE, pki.UNTIL)
    usage = pki.organisation().certificate.extensions.get_extension_for_class(x509.KeyUsage)
    builder = builder.add_extension(usage.value, critical=True)
    return pki.Holder(builder.sign(key, SHA256()), key, pki.organisation().chain)
