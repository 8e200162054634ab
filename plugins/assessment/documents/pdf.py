"""From plain content to accessible PDF: the same bytes for the same content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.sdk.documents import pdf


def render(template: str, content: Mapping[str, object], made_at: datetime) -> bytes:
    """A document.

    Args:
        template: name of a `.typ` file beside this one.
        content: what it reads as JSON.
        made_at: the moment that the document names as its date.
    """
    return pdf(Path(__file__).with_name(template), content, made_at)
