"""The receipt as PDF/A, made by typst from the stored content."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import fontpkg_be_vietnam_pro
import segno
import typst

from plugins.finance.rules.initials import initials

TEMPLATE = Path(__file__).with_name("receipt.typ")
_FONTS = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
STANDARD: Literal["a-3a"] = "a-3a"


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)


def inputs(content: Mapping[str, Any], *, cancelled: bool, cancel_reason: str, private: bool = False) -> str:
    """What the template reads: the stored content with what follows from it.

    `private`: for somebody who has only a link; the child by initials and class, without its code.
    """
    pupil = content["pupil"]
    if private:
        pupil = {**pupil, "name": initials(pupil["name"]), "code": ""}
    references = [bill["reference"] for bill in content["bills"]]
    label = f"{content['year']}/{content['number']:06d}"
    return json.dumps(
        {
            **content,
            "payer": f"Phụ huynh học sinh {pupil['name']}",
            "pupil": pupil,
            "private": private,
            "references": references,
            "cancelled": cancelled,
            "cancel_reason": cancel_reason,
            "qr": _qr(" ".join(["BIEN LAI", label, str(content["amount"]), *references])),
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def key_of(text: str) -> str:
    """The digest that a rendered document is cached under: it changes with content, state and template."""
    return hashlib.sha256(text.encode() + TEMPLATE.read_bytes()).hexdigest()


def render(text: str, made_at: datetime) -> bytes:
    """The document for `inputs(...)`: A5, PDF/A-3a, byte for byte the same for the same input."""
    pdf = _compiler().compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"content": text},
        pdf_standards=[STANDARD],
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no document")
    return pdf


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, dark="#1d2b26", xmldecl=False)
    return out.getvalue().decode()
