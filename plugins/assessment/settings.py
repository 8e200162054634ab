"""Settings of the assessment module."""

from __future__ import annotations

from core.sdk import Context, Setting, _
from core.sdk.settings import get

ONLY_IN_WINDOWS = "assessment.only_in_windows"
CARD_TITLE, CARD_NOTE = "assessment.card_title", "assessment.card_note"
SETTINGS = [
    Setting(
        CARD_TITLE,
        _("Title of report cards"),
        kind="text",
        default="",
        help=_("Empty: the usual title in the language of the card."),
    ),
    Setting(CARD_NOTE, _("Note at the foot of report cards"), kind="text", default=""),
    Setting(
        ONLY_IN_WINDOWS,
        _("Enter marks only in the times that are set"),
        kind="bool",
        default=False,
        help=_("Off: a kind of mark for which no time is set in the term can be entered at any time."),
    ),
]


def value_of(ctx: Context, key: str) -> str:
    """A text of the school's settings."""
    return str(get(ctx, key) or "")
