"""The API under /api/v1/finance: the same services as the pages."""

from __future__ import annotations

from core.sdk.web import ApiBlueprint

from . import cash, einvoices, family, funds, meals, openings, payments, payouts, relief, standing
from .bills import bills
from .exemptions import exemptions
from .items import items
from .receipts import receipts
from .rounds import rounds

BLUEPRINTS: list[ApiBlueprint] = [
    items,
    rounds,
    exemptions,
    bills,
    receipts,
    *(
        part.blueprint
        for part in (cash, einvoices, family, standing, meals, relief, funds, openings, payouts, payments)
    ),
]
