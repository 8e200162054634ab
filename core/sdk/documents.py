"""Printed documents: from plain content and a typst template to accessible PDF, the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import fontpkg_be_vietnam_pro
import typst

__all__ = ["STANDARDS", "pdf"]

STANDARDS: Sequence[Literal["a-3a", "ua-1"]] = ("a-3a", "ua-1")
"""Archived for good (ISO 19005-3, level a) and read by screen readers (ISO 14289-1)."""
_FONTS = Path(fontpkg_be_vietnam_pro.ROOT) / "files"


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)


def pdf(template: Path, content: Mapping[str, Any] | str, made_at: datetime) -> bytes:
    """A document.

    Args:
        template: a `.typ` file. It sets the title and the language of the document, and reads its content by
            `json(bytes(sys.inputs.content))`.
        content: what it reads; a text is JSON already.
        made_at: the moment that the document names as its date.
    """
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    made = _compiler().compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"content": text},
        pdf_standards=[*STANDARDS],
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no document")
    return made
