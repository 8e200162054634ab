"""The platform's own receipts: a document, or the address of one. What cannot be read is said, never swallowed."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk import wire
from core.sdk.payments import Unknown

from .calls import fine


@dataclass(frozen=True, slots=True)
class Receipt:
    """Exactly one of both."""

    pdf: bytes = b""
    url: str = ""


def read(content: bytes) -> Receipt | Unknown:
    """The receipt in an answer: a PDF, or JSON with `UrlBienLai`."""
    if content.startswith(b"%PDF-"):
        return Receipt(pdf=content)
    try:
        fields = wire.texts(wire.read_object(content))
    except wire.MalformedError as error:
        return Unknown(f"the receipt cannot be read: {error}")
    url = fields.get("UrlBienLai", "")
    if fine(fields.get("MaLoi", "")) and url.startswith("https://"):
        return Receipt(url=url)
    return Unknown(f"no receipt: {wire.clean(fields.get('MaLoi', ''), 20) or 'no code'}")
