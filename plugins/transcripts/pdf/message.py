"""The signed message of a seal (CMS, RFC 5652; CAdES attributes as ETSI EN 319 142-1, 6.3 wants them in a PDF).

Written as DER by hand: everything but two digests and the signature is the same for all papers of a certificate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

SEQUENCE, SET, INTEGER, OCTETS, OID = 0x30, 0x31, 0x02, 0x04, 0x06
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
_TIMESTAMP = bytes.fromhex("060b2a864886f70d010910020e")


@dataclass(frozen=True, slots=True)
class Signer:
    """What stays the same in all messages of a certificate."""

    certificates: bytes
    identifier: bytes
    named: bytes
    """The attribute signing-certificate-v2 (RFC 5035): SHA-256 is its default, so only the digest stands there."""
    algorithm: bytes
    elliptic: bool


def der(tag: int, *parts: bytes) -> bytes:
    """A value with its tag and length."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


@lru_cache(maxsize=256)
def signer(certificate: bytes, others: tuple[bytes, ...]) -> Signer:
    """Take what is needed from a certificate (DER) and those above it."""
    parsed = x509.load_der_x509_certificate(certificate)
    serial = parsed.serial_number
    number = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    every = sorted({certificate, *others})
    elliptic = isinstance(parsed.public_key(), ec.EllipticCurvePublicKey)
    digest = der(OCTETS, hashlib.sha256(certificate).digest())
    return Signer(
        der(0xA0, *every),
        der(SEQUENCE, parsed.issuer.public_bytes(), der(INTEGER, number)),
        der(SEQUENCE, _CERTIFICATE, der(SET, der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, digest))))),
        _ECDSA_SHA256 if elliptic else _RSA_SHA256,
        elliptic,
    )


def attributes(by: Signer, digest: bytes) -> bytes:
    """What is signed: the three attributes as a SET in the order of DER. Its time stands in the PDF, not here."""
    rows = (
        der(SEQUENCE, _CONTENT_TYPE, der(SET, _DATA)),
        der(SEQUENCE, _MESSAGE_DIGEST, der(SET, der(OCTETS, digest))),
        by.named,
    )
    return der(SET, *sorted(rows))


def value(by: Signer, signature: bytes) -> bytes:
    """A signature as CMS holds it: ECDSA comes as r and s side by side, and stands as a SEQUENCE of both."""
    if not by.elliptic:
        return signature
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))


def message(by: Signer, signed: bytes, signature: bytes, token: bytes = b"") -> bytes:
    """The whole message (DER).

    Args:
        by: the signer.
        signed: the attributes that were signed.
        signature: `value` of what the key gave.
        token: a timestamp over the signature (RFC 3161), or none.
    """
    stamp = der(0xA1, der(SEQUENCE, _TIMESTAMP, der(SET, token))) if token else b""
    info = der(
        SEQUENCE,
        b"\x02\x01\x01",
        by.identifier,
        _SHA256,
        b"\xa0" + signed[1:],
        by.algorithm,
        der(OCTETS, signature),
        stamp,
    )
    content = der(SEQUENCE, b"\x02\x01\x01", der(SET, _SHA256), der(SEQUENCE, _DATA), by.certificates, der(SET, info))
    return der(SEQUENCE, _SIGNED_DATA, der(0xA0, content))


def encoded(certificates: Sequence[x509.Certificate]) -> tuple[bytes, ...]:
    """Certificates as DER."""
    return tuple(one.public_bytes(Encoding.DER) for one in certificates)
