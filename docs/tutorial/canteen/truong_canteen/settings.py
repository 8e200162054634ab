"""What a school can set."""

from __future__ import annotations

from core.sdk import Setting, _

SETTINGS = [
    Setting(
        "canteen.price",
        _("Price of a meal"),
        "money",
        30_000,
        help=_("A new meal starts with it; each meal can have its own."),
    )
]
