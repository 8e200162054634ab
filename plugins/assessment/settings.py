"""Settings of the assessment module."""

from __future__ import annotations

from core.sdk import Context, Setting, _
from core.sdk.settings import get

ONLY_IN_WINDOWS = "assessment.only_in_windows"
CARD_TITLE, CARD_NOTE = "assessment.card_title", "assessment.card_note"
RAISE_CLAUSE, PRIMARY_MINIMUM = "assessment.raise_clause", "assessment.primary_minimum"
ENOUGH = {"T": "assessment.enough_good", "K": "assessment.enough_fair", "D": "assessment.enough_pass"}
"""By level: how many subjects it needs in continuing education."""
_ENOUGH_HELP = _(
    "Circular 43/2021, continuing education only: the number is for the centre to set; 0 means that it is not set, and"
    " no learning level is given."
)
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
    Setting(
        RAISE_CLAUSE,
        _("How the raise clause is read"),
        kind="choice",
        default="conservative",
        choices=(
            ("conservative", _("Narrowly: without that one subject all others reach the level")),
            ("generous", _("Generously: with the best mark in that one subject the level would be reached")),
        ),
        help=_(
            "Circular 22/2021, article 9.3, raises a level that was missed only because of one subject. Whether that"
            " subject may also be one of the six that the level needs, the text leaves open."
        ),
    ),
    Setting(
        PRIMARY_MINIMUM,
        _("Lowest mark of periodic tests in primary school"),
        kind="choice",
        default="0",
        choices=(("0", _("From 0")), ("1", _("From 1"))),
        help=_("Circular 27/2020, article 7: whole marks on a scale of 10. Whether 0 is given it does not say."),
    ),
    Setting(ENOUGH["T"], _("Subjects from 8.0 on for the level Good"), kind="int", default=0, help=_ENOUGH_HELP),
    Setting(ENOUGH["K"], _("Subjects from 6.5 on for the level Fair"), kind="int", default=0, help=_ENOUGH_HELP),
    Setting(ENOUGH["D"], _("Subjects from 5.0 on for the level Pass"), kind="int", default=0, help=_ENOUGH_HELP),
]


def value_of(ctx: Context, key: str) -> str:
    """A text of the school's settings."""
    return str(get(ctx, key) or "")
