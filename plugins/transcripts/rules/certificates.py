"""What a certificate says of its holder, and whether that fits the person or the school."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from core.sdk import Message, _, fold
from core.sdk.signing import algorithm_of

_PERSONAL_ID = re.compile(r"(?:^|[^0-9])([0-9]{12})(?:$|[^0-9])")
_USER_ID = x509.ObjectIdentifier("0.9.2342.19200300.100.1.1")


@dataclass(frozen=True, slots=True)
class Holder:
    """The subject of a certificate in plain words."""

    name: str
    organisation: str
    personal_id: str
    """12 digits (CCCD) from serialNumber or UID of the subject; empty where there are none."""
    issuer: str
    valid_from: datetime
    valid_to: datetime
    sha256: str


def holder(der: bytes) -> Holder:
    """Read a certificate.

    Raises:
        ValueError: these bytes are no certificate.
    """
    certificate = x509.load_der_x509_certificate(der)
    subject = certificate.subject

    def text(oid: x509.ObjectIdentifier, name: x509.Name = subject) -> str:
        found = name.get_attributes_for_oid(oid)
        return str(found[0].value) if found else ""

    numbers = (_PERSONAL_ID.search(text(oid)) for oid in (NameOID.SERIAL_NUMBER, _USER_ID))
    return Holder(
        text(NameOID.COMMON_NAME), text(NameOID.ORGANIZATION_NAME),
        next((found[1] for found in numbers if found), ""),
        text(NameOID.COMMON_NAME, certificate.issuer),
        certificate.not_valid_before_utc, certificate.not_valid_after_utc, hashlib.sha256(der).hexdigest(),
    )  # fmt: skip


def faults(der: bytes, at: datetime) -> list[Message]:
    """Why a certificate cannot be registered, whoever holds it (Decree 23/2025/ND-CP, article 16)."""
    try:
        certificate, found = x509.load_der_x509_certificate(der), holder(der)
    except ValueError:
        return [_("This is no certificate.")]
    told = []
    if algorithm_of(der) is None:
        told.append(_("The key of the certificate is too weak or of a kind that is not allowed."))
    if not found.valid_from <= at <= found.valid_to:
        told.append(_("The certificate is not valid today."))
    if _is_authority(certificate):
        told.append(_("The certificate belongs to an authority, not to a signer."))
    if not _may_sign(certificate):
        told.append(_("The certificate is not meant for signatures of documents."))
    return told


def fits(found: Holder, name: str) -> bool:
    """Whether the certificate was made out to this name. Authorities write names in capitals, some without marks."""
    return fold(name) in {fold(found.name), fold(found.organisation)}


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature and usage.content_commitment
