"""From plain content to accessible PDF, by typst: the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import fontpkg_be_vietnam_pro
import typst

_FONTS = Path(fontpkg_be_vietnam_pro.ROOT) / "files"
_HERE = Path(__file__).parent
STANDARD: Literal["a-3a"] = "a-3a"
"""PDF/A-3a: archived for good, tagged for screen readers (ISO 19005-3)."""


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)


def render(template: str, content: Mapping[str, object], made_at: datetime) -> bytes:
    """A document.

    Args:
        template: name of a `.typ` file beside this one.
        content: what it reads as JSON.
        made_at: the moment that the document names as its date.
    """
    pdf = _compiler().compile(
        (_HERE / template).read_bytes(),
        format="pdf",
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no document")
    return pdf
