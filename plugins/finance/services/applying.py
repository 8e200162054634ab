"""Exemptions that will count in a round."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context
from plugins.finance.rules.exemptions import last_day

from .exemptions import ExemptionRow, exemptions
from .rounds import round_, round_items


def applying(ctx: Context, round_id: UUID, limit: int = 500) -> list[ExemptionRow]:
    """Exemptions that hold on any day of the round's month and reduce one of its items, by name.

    Those that nobody has approved yet are among them: they do not count, and somebody should look.
    """
    row = round_(ctx, round_id)
    wanted = {item.id for item in round_items(ctx, round_id)}
    found = {e.id: e for e in exemptions(ctx, valid_on=row.period, limit=limit)}
    found |= {e.id: e for e in exemptions(ctx, valid_on=last_day(row.period), limit=limit)}
    return [e for e in found.values() if wanted & set(e.item_ids)]
