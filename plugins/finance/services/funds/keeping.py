"""Keeping funds: opening, booking, taking back, publishing, closing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd, local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import CASH, ledger
from plugins.finance.models import Fund, FundLine

from .._trail import note
from .reading import left_of

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


def account_of(code: str) -> str:
    """Of a fund in the books."""
    return f"fund:{code}"


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
    if entry.kind == "use" and entry.amount > (left := left_of(ctx, fund_id)):
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
    if line.kind == "gift" and line.amount > (left := left_of(ctx, line.fund_id)):
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
    if left := left_of(ctx, fund_id):
        raise Conflict(_("%(amount)s of the fund has not been used yet.", amount=format_vnd(left)))
    row.closed_on = local_date(ctx.now())
    note(ctx, "finance.fund.closed", ("finance_fund", fund_id), {"code": row.code})
