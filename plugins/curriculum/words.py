"""Words of pages, here and in modules that name subjects."""

from __future__ import annotations

from typing import Protocol

from core.sdk.text import _
from core.sdk.web import locale

ASSESSED_WORDS = {
    "score": _("Marks and comments"),
    "comment": _("Comments only (Đạt / Chưa đạt)"),
    "level": _("Levels (T / H / C)"),
}


class Named(Protocol):
    """What has a Vietnamese and an English name."""

    @property
    def name_vi(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def subject_name(subject: Named) -> str:
    """The name in the language of the reader."""
    return subject.name_en if locale() == "en" else subject.name_vi
