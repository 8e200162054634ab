"""Settings of the finance module."""

from __future__ import annotations

from core.sdk import Setting, _

LINK_DAYS = "finance.link_days"
NEEDS_DRAWER = "finance.cash_needs_drawer"
EINVOICE_AUTO = "finance.einvoice_auto"
INSURANCE_SHARE = "finance.insurance_share"
SETTINGS = [
    Setting(
        NEEDS_DRAWER,
        _("Take cash only into an open drawer"),
        kind="bool",
        default=False,
        help=_("Then nobody takes cash from the page of a bill without a drawer that is counted in the evening."),
    ),
    Setting(
        LINK_DAYS,
        _("Days that a pay link works"),
        kind="int",
        default=90,
        help=_("After that the parent asks the school for a new link."),
    ),
    Setting(
        EINVOICE_AUTO,
        _("Issue e-invoices with each payment"),
        kind="bool",
        default=True,
        help=_("Only for items that need one; off: the accountant issues them together."),
    ),
    Setting(
        INSURANCE_SHARE,
        _("Share of health insurance that the province gives besides the state"),
        kind="int",
        default=0,
        help=_("In parts of a thousand of the full contribution: 200 for 20%."),
    ),
]
