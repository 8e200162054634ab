"""Funds as they are read: sums, lines, the public report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from core.sdk import Context
from core.sdk.errors import NotFound
from plugins.finance.models import Fund, FundLine


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund with its sums, in dong."""

    id: UUID
    code: str
    label: str
    purpose: str
    plan: str
    published_at: datetime | None
    closed_on: date | None
    given: int
    used: int
    left: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A gift or a use as a report shows it; `who` is empty where somebody does not want to be named."""

    id: UUID
    kind: str
    amount: int
    day: date
    way: str
    who: str
    what: str
    paper: str
    taken_back_at: datetime | None
    taken_back_why: str


_COUNTS = FundLine.taken_back_at.is_(None)


def _sum(kind: str) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(FundLine.amount), 0))
        .where(FundLine.fund_id == Fund.id, FundLine.kind == kind, _COUNTS)
        .correlate(Fund)
        .scalar_subquery()
    )


def rows_of(ctx: Context, *, public: bool, fund_id: UUID | None = None) -> list[FundRow]:
    """Funds with their sums, the newest first; `public`: only those whose report is. The caller has asked."""
    query = select(
        Fund.id,
        Fund.code,
        Fund.label,
        Fund.purpose,
        Fund.plan,
        Fund.published_at,
        Fund.closed_on,
        _sum("gift"),
        _sum("use"),
    ).where(Fund.school_id == ctx.school_id)
    if public:
        query = query.where(Fund.published_at.is_not(None))
    if fund_id is not None:
        query = query.where(Fund.id == fund_id)
    rows = ctx.session.execute(query.order_by(Fund.created_at.desc(), Fund.id))
    found: list[FundRow] = []
    for *head, given, used in rows:
        values: list[Any] = [*head, int(given), int(used), int(given) - int(used)]
        found.append(FundRow(*values))
    return found


def funds(ctx: Context) -> list[FundRow]:
    """Funds, the newest first: all for who keeps them, the published ones for everybody else of the school."""
    ctx.require("finance.fund.report")
    return rows_of(ctx, public=not ctx.actor.has("finance.fund.read"))


def fund(ctx: Context, fund_id: UUID) -> tuple[FundRow, list[LineRow]]:
    """A fund with what came in and what was spent, the latest first.

    Raises:
        NotFound: no such fund, or one that is not published to this reader.
    """
    ctx.require("finance.fund.report")
    inside = ctx.actor.has("finance.fund.read")
    found = rows_of(ctx, public=not inside, fund_id=fund_id)
    if not found:
        raise NotFound()
    query = select(FundLine).where(FundLine.fund_id == fund_id)
    if not inside:
        query = query.where(_COUNTS)
    rows = ctx.session.scalars(query.order_by(FundLine.day.desc(), FundLine.id.desc()))
    return found[0], [_line(row, inside=inside) for row in rows]


def _line(row: FundLine, *, inside: bool) -> LineRow:
    shown = row.who if inside or row.kind == "use" or row.named else ""
    return LineRow(row.id, row.kind, row.amount, row.day, row.way, shown, row.what, row.paper, row.taken_back_at,
                   row.taken_back_why)  # fmt: skip


def left_of(ctx: Context, fund_id: UUID) -> int:
    """What a fund holds, in dong."""
    (row,) = rows_of(ctx, public=False, fund_id=fund_id)
    return row.left


def report_rows(lines: Sequence[LineRow]) -> tuple[list[LineRow], list[LineRow]]:
    """Gifts and uses, each the latest first."""
    return [line for line in lines if line.kind == "gift"], [line for line in lines if line.kind == "use"]
