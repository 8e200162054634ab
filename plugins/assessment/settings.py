"""Settings of the assessment module."""

from __future__ import annotations

from core.sdk import Setting, _

ONLY_IN_WINDOWS = "assessment.only_in_windows"
SETTINGS = [
    Setting(
        ONLY_IN_WINDOWS,
        _("Enter marks only in the times that are set"),
        kind="bool",
        default=False,
        help=_("Off: a kind of mark for which no time is set in the term can be entered at any time."),
    ),
]
