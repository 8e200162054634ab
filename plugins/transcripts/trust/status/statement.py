"""One believed statement of an issuer about one certificate, or why a piece of evidence is none."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm


class Kind(enum.StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """The issuer does not know the certificate (RFC 6960, 2.2)."""


class Refused(enum.StrEnum):
    """Why a piece of evidence says nothing about a certificate."""

    NOT_ABOUT_IT = "not_about_it"
    UNREADABLE = "unreadable"
    WRONG_RESPONDER = "wrong_responder"
    """Not signed by the issuer or by whom the issuer has named for that."""


@dataclass(frozen=True)
class Statement:
    """What was said, and from when until when it is the newest word."""

    kind: Kind
    since: datetime
    until: datetime | None
    revoked_at: datetime | None = None
    """From when on the certificate is not believed: when it was revoked, or became invalid where that is earlier."""
    reason: str = ""
    """CRLReason by its name in RFC 5280 (`keyCompromise`); empty where none is given."""

    @property
    def on_hold(self) -> bool:
        """Whether it may still be taken back (RFC 5280, 5.3.1)."""
        return self.reason == "certificateHold"


def is_signature(
    key: CertificatePublicKeyTypes, signature: bytes, signed: bytes, algorithm: HashAlgorithm | None
) -> bool:
    """Whether a key of an allowed kind made a signature with SHA-2."""
    if not isinstance(algorithm, SHA256 | SHA384 | SHA512):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True
