"""Donations: funds, gifts, uses, and the report that is published (Circular 16/2018/TT-BGDĐT).

Nothing is due, nobody is reminded, no debt arises: the tables have no place for it. A fund's money is an account of
its own in the books and is never income of the school.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd, local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import CASH, ledger
from plugins.finance.models import Fund, FundLine

from ._trail import note

_CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")
_BANK = re.compile(r"[0-9A-Za-z]{4,30}")


@dataclass(frozen=True, slots=True)
class FundInput:
    """What a fund is for, by which approved plan."""

    code: str
    label: str
    purpose: str
    plan: str


@dataclass(frozen=True, slots=True)
class LineInput:
    """A gift or a use. `bank` is the number of the school's account; empty means cash."""

    kind: str
    amount: int
    day: date
    bank: str = ""
    who: str = ""
    named: bool = False
    what: str = ""
    paper: str = ""


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


def account_of(code: str) -> str:
    """Of a fund in the books."""
    return f"fund:{code}"


_COUNTS = FundLine.taken_back_at.is_(None)


def _sum(kind: str) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(FundLine.amount), 0))
        .where(FundLine.fund_id == Fund.id, FundLine.kind == kind, _COUNTS)
        .correlate(Fund)
        .scalar_subquery()
    )


def _rows(ctx: Context, *, public: bool, fund_id: UUID | None = None) -> list[FundRow]:
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
    return _rows(ctx, public=not ctx.actor.has("finance.fund.read"))


def fund(ctx: Context, fund_id: UUID) -> tuple[FundRow, list[LineRow]]:
    """A fund with what came in and what was spent, the latest first.

    Raises:
        NotFound: no such fund, or one that is not published to this reader.
    """
    ctx.require("finance.fund.report")
    inside = ctx.actor.has("finance.fund.read")
    found = _rows(ctx, public=not inside, fund_id=fund_id)
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


def open_fund(ctx: Context, entry: FundInput) -> UUID:
    """Open a fund by an approved plan.

    Raises:
        Invalid: something is missing, by field. Conflict: the code is taken.
    """
    ctx.require("finance.fund.edit")
    faults: dict[str, Message] = {}
    if not _CODE.fullmatch(entry.code):
        faults["code"] = _("A code has 2 to 31 small letters, digits or underscores.")
    for name in ("label", "purpose"):
        if not getattr(entry, name).strip():
            faults[name] = _("Please fill in this field.")
    if not entry.plan.strip():
        faults["plan"] = _("Name the plan that was approved: number and day.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)
    if ctx.session.scalar(select(Fund.id).where(Fund.school_id == ctx.school_id, Fund.code == entry.code)):
        raise Conflict(_("The code “%(code)s” is taken.", code=entry.code))
    row = Fund(code=entry.code, label=entry.label.strip(), purpose=entry.purpose.strip(), plan=entry.plan.strip())
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.fund.opened", ("finance_fund", row.id), {"code": row.code})
    return row.id


def _locked(ctx: Context, fund_id: UUID) -> Fund:
    found = ctx.session.scalar(
        select(Fund).where(Fund.school_id == ctx.school_id, Fund.id == fund_id).with_for_update()
    )
    if found is None:
        raise NotFound()
    return found


def _left(ctx: Context, fund_id: UUID) -> int:
    (row,) = _rows(ctx, public=False, fund_id=fund_id)
    return row.left


def add_line(ctx: Context, fund_id: UUID, entry: LineInput) -> UUID:
    """Book a gift, or a use of what was given; a use never exceeds what is there.

    Raises:
        Invalid: something is missing or wrong, by field. Conflict: the fund is closed, or holds less.
    """
    ctx.require("finance.fund.edit")
    row = _locked(ctx, fund_id)
    _refuse(ctx, entry)
    if row.closed_on is not None:
        raise Conflict(_("This fund is closed."))
    if entry.kind == "use" and entry.amount > (left := _left(ctx, fund_id)):
        raise Conflict(_("The fund holds only %(amount)s.", amount=format_vnd(left)))
    line_id, account = new_id(), f"bank:{entry.bank}" if entry.bank else CASH
    sign = 1 if entry.kind == "gift" else -1
    book = ledger.Entry(
        source=f"fund:{line_id}",
        kind=f"finance.fund.{entry.kind}",
        occurred_at=datetime.combine(entry.day, time(5), UTC),
        lines=(ledger.Line(account, sign * entry.amount), ledger.Line(account_of(row.code), -sign * entry.amount)),
        memo=row.label,
    )
    ledger.post(ctx, book)
    ctx.session.add(
        FundLine(
            id=line_id,
            fund_id=fund_id,
            kind=entry.kind,
            amount=entry.amount,
            day=entry.day,
            way="bank" if entry.bank else "cash",
            account=account,
            who=entry.who.strip(),
            named=entry.named and entry.kind == "gift",
            what=entry.what.strip(),
            paper=entry.paper.strip(),
            entry_id=book.id,
            created_at=ctx.now(),
            created_by=ctx.actor.name,
        )
    )
    ctx.session.flush()
    note(ctx, "finance.fund.booked", ("finance_fund", fund_id), {"kind": entry.kind, "amount": entry.amount})
    return line_id


def _refuse(ctx: Context, entry: LineInput) -> None:
    faults: dict[str, Message] = {}
    if entry.kind not in ("gift", "use"):
        faults["kind"] = _("Choose a kind from the list.")
    if entry.amount <= 0:
        faults["amount"] = _("The amount must be more than zero.")
    if entry.day > local_date(ctx.now()):
        faults["day"] = _("The day has not come yet.")
    if entry.bank and not _BANK.fullmatch(entry.bank):
        faults["bank"] = _("This is not the number of an account.")
    if entry.kind == "use":
        for name in ("what", "paper"):
            if not getattr(entry, name).strip():
                faults[name] = _("Say what was bought, and by which paper.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)


def take_back_line(ctx: Context, line_id: UUID, reason: str) -> None:
    """Take a line back by a reversing entry; it stays on record.

    Raises:
        Invalid: no reason. Conflict: it was taken back already, or what was given has been spent.
    """
    ctx.require("finance.fund.edit")
    line = ctx.session.scalar(
        select(FundLine).where(FundLine.school_id == ctx.school_id, FundLine.id == line_id).with_for_update()
    )
    if line is None:
        raise NotFound()
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    if line.taken_back_at is not None:
        raise Conflict(_("This line has been taken back already."))
    _locked(ctx, line.fund_id)
    if line.kind == "gift" and line.amount > (left := _left(ctx, line.fund_id)):
        raise Conflict(_("The fund holds only %(amount)s.", amount=format_vnd(left)))
    ledger.post(ctx, ledger.reverse(ctx, line.entry_id, source=f"fund:{line_id}:back", memo=reason.strip()))
    line.taken_back_at, line.taken_back_why = ctx.now(), reason.strip()
    ctx.session.flush()
    note(ctx, "finance.fund.taken_back", ("finance_fund", line.fund_id), {"amount": line.amount, "reason": reason})


def publish_fund(ctx: Context, fund_id: UUID) -> None:
    """Let families and staff read the report of a fund from now on, as it stands on each day."""
    ctx.require("finance.fund.edit")
    row = _locked(ctx, fund_id)
    row.published_at = row.published_at or ctx.now()
    note(ctx, "finance.fund.published", ("finance_fund", fund_id), {"code": row.code})


def close_fund(ctx: Context, fund_id: UUID) -> None:
    """Close a fund: nothing is booked any more. What is left must have been used.

    Raises:
        Conflict: something is left.
    """
    ctx.require("finance.fund.edit")
    row = _locked(ctx, fund_id)
    if left := _left(ctx, fund_id):
        raise Conflict(_("%(amount)s of the fund has not been used yet.", amount=format_vnd(left)))
    row.closed_on = local_date(ctx.now())
    note(ctx, "finance.fund.closed", ("finance_fund", fund_id), {"code": row.code})


def report_rows(lines: Sequence[LineRow]) -> tuple[list[LineRow], list[LineRow]]:
    """Gifts and uses, each the latest first."""
    return [line for line in lines if line.kind == "gift"], [line for line in lines if line.kind == "use"]
