"""Payment notices as PDF, a page of A5 each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.sdk.documents import pdf

TEMPLATE = Path(__file__).with_name("notices.typ")


def render(content: Mapping[str, Any], made_at: datetime) -> bytes:
    """The document of `services.printing`: byte for byte the same for the same content."""
    return pdf(TEMPLATE, content, made_at)
