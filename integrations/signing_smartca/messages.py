"""Answers of the service as public code reads them: `status_code`, `message`, `data`. Other members are ignored."""

from __future__ import annotations

import msgspec


class UserCertificate(msgspec.Struct, frozen=True):
    serial_number: str
    cert_data: str
    """DER in Base64, the signer's own certificate."""
    chain_data: dict[str, str] = {}
    """`ca_cert` and `root_cert`, likewise."""


class Certificates(msgspec.Struct, frozen=True):
    user_certificates: tuple[UserCertificate, ...] = ()


class Placed(msgspec.Struct, frozen=True):
    transaction_id: str
    tran_code: str


class Signature(msgspec.Struct, frozen=True):
    doc_id: str
    signature_value: str
    """Base64."""


class Status(msgspec.Struct, frozen=True):
    transaction_id: str
    signatures: tuple[Signature, ...] = ()


class Envelope(msgspec.Struct, frozen=True):
    status_code: int
    message: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")
