"""The slips with which families join, eight to a page, to be cut and handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from core.sdk.documents import pdf
from core.sdk.qr import document

TEMPLATE = Path(__file__).with_name("family_sheet.typ")


@dataclass(frozen=True, slots=True)
class Slip:
    """One family's slip."""

    name: str
    """Of the pupil, so that the class teacher can hand it out."""
    code: str
    """As it is printed: `K3M9Q-7WXT2`."""
    address: str
    """What the QR code opens."""
    until: date


def render(school: str, class_name: str, site: str, slips: Sequence[Slip], made_at: datetime) -> bytes:
    """The sheet of a class as PDF, A4.

    Args:
        site: the address that people without a camera type.
    """
    content = {
        "school": school,
        "class": class_name,
        "site": site,
        "slips": [
            {"name": s.name, "code": s.code, "qr": document(s.address), "until": f"{s.until:%d/%m/%Y}"} for s in slips
        ],
    }
    return pdf(TEMPLATE, content, made_at)
