"""Settings of the finance module."""

from __future__ import annotations

from core.sdk import Setting, _

LINK_DAYS = "finance.link_days"
PARTS_FREE = "finance.parts_free"
PART_LEAST = "finance.part_least"
NEEDS_DRAWER = "finance.cash_needs_drawer"
EINVOICE_AUTO = "finance.einvoice_auto"
INSURANCE_SHARE = "finance.insurance_share"
CHART_CHANGES = "finance.chart_changes"
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
        PARTS_FREE,
        _("Families may pay a part of a bill online"),
        kind="bool",
        default=False,
        help=_("Parts that were agreed for a bill can always be paid one by one."),
    ),
    Setting(PART_LEAST, _("Smallest part that can be paid online"), kind="money", default=100_000),
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
    Setting(
        CHART_CHANGES,
        _("Own numbers of accounts for the accounting program"),
        help=_("Account=number, separated by semicolons: income:tien_an=5311; fund:*=431."),
    ),
]
