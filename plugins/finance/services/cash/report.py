"""The report of a drawer's day as a document to sign."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from core.sdk import Context
from core.sdk.data import LOCAL_TZ
from core.sdk.documents import pdf
from core.sdk.school import school_of
from plugins.finance.rules.notes import NOTES

from .drawers import drawer, moves

TEMPLATE = Path(__file__).parents[2] / "documents" / "cash_day.typ"


def report_pdf(ctx: Context, drawer_id: UUID) -> tuple[str, bytes]:
    """File name and document.

    Raises:
        NotFound: no such drawer, or somebody else's.
    """
    found, school = drawer(ctx, drawer_id), school_of(ctx)
    opened = found.opened_at.astimezone(LOCAL_TZ)
    moment = "%H:%M %d/%m/%Y"
    content = {
        "school": {"name": school.name, "address": school.address},
        "drawer": found.number,
        "cashier": found.cashier_name,
        "opened": opened.strftime(moment),
        "counted_at": found.counted_at.astimezone(LOCAL_TZ).strftime(moment) if found.counted_at else "",
        "confirmed": found.confirmed_name,
        "confirmed_at": found.confirmed_at.astimezone(LOCAL_TZ).strftime(moment) if found.confirmed_at else "",
        "opening_float": found.opening_float,
        "taken": found.taken,
        "returned": found.returned,
        "expected": found.expected,
        "counted": found.counted,
        "reason": found.reason,
        "notes": [[note, found.counts[str(note)]] for note in NOTES if found.counts.get(str(note))],
        "moves": [
            [m.moved_at.astimezone(LOCAL_TZ).strftime("%H:%M"), m.receipt, m.class_name, m.amount]
            for m in moves(ctx, drawer_id)
        ],
    }
    made_at = found.confirmed_at or found.counted_at or found.opened_at
    return f"quy-{found.number}-{opened:%Y%m%d}.pdf", pdf(TEMPLATE, content, made_at)
