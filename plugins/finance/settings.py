"""Settings of the finance module."""

from __future__ import annotations

from core.sdk import Setting, _

LINK_DAYS = "finance.link_days"
SETTINGS = [
    Setting(
        LINK_DAYS,
        _("Days that a pay link works"),
        kind="int",
        default=90,
        help=_("After that the parent asks the school for a new link."),
    ),
]
