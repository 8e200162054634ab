"""Every bill before it goes out: pages, totals by class, and what still needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select, tuple_

from core.sdk import Context
from plugins.finance.models import Bill, Round
from plugins.finance.rules.amounts import LineAmount

from .drafts import draft_of, pupils_of
from .problems import Problem, blocking, to_look_at
from .rounds import round_


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What a class will be billed, or has been."""

    class_name: str
    bills: int
    total: int
    """Dong."""


@dataclass(frozen=True, slots=True)
class PreviewLine(LineAmount):
    """A line of a bill that is not out yet."""

    item_id: UUID
    part: int
    """0 the item, 1 what the state pays of it, 2 what a late correction asks again."""
    percent: int
    exemption_id: UUID | None
    rule_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewBill:
    """A bill that is not out yet."""

    person_id: UUID
    code: str
    full_name: str
    sort_key: str
    class_name: str
    total: int
    lines: tuple[PreviewLine, ...]

    @property
    def cursor(self) -> tuple[str, str]:
        return self.sort_key, str(self.person_id)


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole round at a glance. `bills` and `total` count what publishing now would add."""

    bills: int
    total: int
    classes: tuple[ClassTotal, ...]
    problems: tuple[Problem, ...]

    @property
    def ready(self) -> bool:
        return not any(p.level == "stop" for p in self.problems)


def without_bill(ctx: Context, row: Round) -> Select[*tuple[Any, ...]]:
    """Pupils whom publishing now would bill."""
    pupils = pupils_of(ctx)
    billed = exists().where(
        Bill.round_id == row.id,
        Bill.person_id == pupils.selected_columns["person_id"],
        Bill.school_id == row.school_id,
        Bill.state != "withdrawn",
    )
    return pupils.where(~billed)


def preview(ctx: Context, round_id: UUID) -> Summary:
    """Totals by class and every problem, for what publishing would add now."""
    row = round_(ctx, round_id)
    draft = draft_of(ctx, row, without_bill(ctx, row))
    pupils, lines = draft.pupils, draft.lines
    rows = ctx.session.execute(
        select(
            pupils.c.class_name,
            func.count(lines.c.person_id.distinct()),
            func.coalesce(func.sum(lines.c.amount), 0),
        )
        .join_from(pupils, lines, lines.c.person_id == pupils.c.person_id)
        .group_by(pupils.c.class_name)
        .order_by(pupils.c.class_name)
    )
    totals = tuple(ClassTotal(name, bills, int(total)) for name, bills, total in rows)
    problems = (*blocking(ctx, row), *to_look_at(ctx, row))
    return Summary(sum(t.bills for t in totals), sum(t.total for t in totals), totals, problems)


def preview_bills(
    ctx: Context,
    round_id: UUID,
    *,
    class_id: UUID | None = None,
    search: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[PreviewBill]:
    """A page of bills that are not out yet, by name.

    Args:
        class_id: only one class.
        search: folded text to find in name, code or class.
        after: `cursor` of the last bill of the page before.
        limit: bills at most; pupils of the page to whom nothing is asked are left out.
    """
    row = round_(ctx, round_id)
    pupils = without_bill(ctx, row)
    columns = pupils.selected_columns
    if class_id is not None:
        pupils = pupils.where(columns["class_id"] == class_id)
    if search:
        pupils = pupils.where(columns["search_text"].contains(search, autoescape=True))
    if after is not None:
        pupils = pupils.where(tuple_(columns["sort_key"], columns["person_id"]) > tuple_(after[0], UUID(after[1])))
    page = pupils.order_by(columns["sort_key"], columns["person_id"]).limit(limit)
    return _bills(ctx, row, page)


def _bills(ctx: Context, row: Round, page: Select[*tuple[Any, ...]]) -> list[PreviewBill]:
    draft = draft_of(ctx, row, page)
    p, x = draft.pupils, draft.lines
    rows = ctx.session.execute(
        select(p.c.person_id, p.c.code, p.c.full_name, p.c.sort_key, p.c.class_name, *list(x.c)[1:])
        .join_from(p, x, x.c.person_id == p.c.person_id)
        .order_by(p.c.sort_key, p.c.person_id, x.c.position, x.c.part)
    )
    found: dict[UUID, tuple[Any, list[PreviewLine]]] = {}
    for r in rows:
        line = PreviewLine(
            quantity=r.quantity,
            unit_price=r.unit_price,
            gross=r.gross,
            reduction=r.gross - r.amount,
            amount=r.amount,
            scope=r.scope,
            item_id=r.item_id,
            part=r.part,
            percent=r.percent,
            exemption_id=r.exemption_id,
            rule_id=r.rule_id,
            reason=r.reason,
        )
        found.setdefault(r.person_id, (r, []))[1].append(line)
    return [
        PreviewBill(
            r.person_id,
            r.code,
            r.full_name,
            r.sort_key,
            r.class_name,
            sum(x.amount for x in lines),
            tuple(lines),
        )
        for r, lines in found.values()
    ]


__all__ = [
    "ClassTotal",
    "PreviewBill",
    "PreviewLine",
    "Problem",
    "Summary",
    "blocking",
    "preview",
    "preview_bills",
    "without_bill",
]
