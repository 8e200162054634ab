"""The slips with which families join, eight to a page, to be cut and handed out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import fontpkg_be_vietnam_pro
import typst

from core.sdk.qr import document

TEMPLATE = Path(__file__).with_name("family_sheet.typ")
_FONTS = Path(fontpkg_be_vietnam_pro.ROOT) / "files"


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


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)


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
    pdf = _compiler().compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no document")
    return pdf
