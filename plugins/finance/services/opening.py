"""Opening balances: a list is read and planned, a person confirms, and may undo while nothing of it was used.

What families have paid too much becomes balance; what they still owe becomes a bill of a round of its own, so that it
is explained, paid, reminded of and counted like any other bill.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, literal, select

from core.sdk import Context, Message, _, fold
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.imports import UnreadableFile, read_tables
from core.sdk.ledger import charges
from plugins.finance.models import Item, OpeningBatch, OpeningLine
from plugins.finance.roll import enrolled
from plugins.finance.rules.opening import OpeningRow, read_rows

from ._trail import note
from .exceptions import ExceptionInput, set_exceptions
from .items import ItemInput, save_item
from .prices import PriceInput, set_prices
from .publish import publish, withdraw
from .rounds import open_round

ACCOUNT = "opening"
"""Of the books: what an older system brought; neither income nor money for others."""
ITEM = "so_du_dau_ky"
FAULTS: dict[str, Message] = {
    "unknown": _("No pupil of a class has this code or name."),
    "name": _("The code belongs to a pupil with another name."),
    "twice": _("This pupil is in the list twice."),
    "amount": _("The amount cannot be read."),
    "several": _("Several pupils are called so: give the code."),
}


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line of a plan as people see it."""

    row_number: int
    code: str
    full_name: str
    person_id: UUID | None
    amount: int
    fault: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A batch with its lines and sums in dong."""

    batch: OpeningBatch
    lines: tuple[PlannedLine, ...]

    @property
    def good(self) -> tuple[PlannedLine, ...]:
        return tuple(line for line in self.lines if not line.fault)

    @property
    def money(self) -> int:
        return sum(line.amount for line in self.good if line.amount > 0)

    @property
    def owed(self) -> int:
        return -sum(line.amount for line in self.good if line.amount < 0)

    @property
    def faults(self) -> int:
        return len(self.lines) - len(self.good)


def read_balances(data: bytes) -> list[OpeningRow]:
    """The rows of an uploaded workbook or CSV.

    Raises:
        Invalid: it cannot be read, or no sheet is a list of balances.
    """
    try:
        sheets = read_tables(data).sheets
    except UnreadableFile as error:
        raise Invalid(error.message, fields={"file": error.message}) from error
    for sheet in sheets:
        rows = read_rows(sheet) if sheet.visible else None
        if rows:
            return rows
    message = _("No list of balances was found: it needs columns “Mã học sinh” and “Số dư” (or “Còn nợ”, “Nộp thừa”).")
    raise Invalid(message, fields={"file": message})


def plan_opening(ctx: Context, name: str, as_of: date, rows: Sequence[OpeningRow]) -> UUID:
    """Keep what confirming would do, line by line. Nothing is booked.

    Raises:
        Invalid: the day lies in the future, or there are no rows.
    """
    ctx.require("finance.opening.import")
    if as_of > local_date(ctx.now()):
        raise Invalid(_("The day has not come yet."), fields={"as_of": _("The day has not come yet.")})
    if not rows:
        raise Invalid(_("The list is empty."), fields={"file": _("The list is empty.")})
    batch = OpeningBatch(
        id=new_id(), name=name[:200], as_of=as_of, state="planned", created_at=ctx.now(), created_by=ctx.actor.name
    )
    ctx.session.add(batch)
    ctx.session.flush()
    ctx.session.execute(
        insert(OpeningLine),
        [{"id": new_id(), "school_id": ctx.school_id, "batch_id": batch.id, **line} for line in _matched(ctx, rows)],
    )
    note(ctx, "finance.opening.planned", ("finance_opening", batch.id), {"lines": len(rows)})
    return batch.id


def _matched(ctx: Context, rows: Sequence[OpeningRow]) -> list[dict[str, Any]]:
    roll = enrolled(ctx)
    by_code: dict[str, Any] = {}
    by_name: dict[tuple[str, str], list[Any]] = {}
    for pupil in ctx.session.execute(select(roll.c.person_id, roll.c.code, roll.c.full_name, roll.c.class_name)):
        if pupil.code:
            by_code[fold(pupil.code)] = pupil
        for place in ("", fold(pupil.class_name or "")):
            by_name.setdefault((fold(pupil.full_name), place), []).append(pupil)
    found: list[tuple[OpeningRow, UUID | None, str]] = []
    for row in rows:
        person, fault = _who(row, by_code, by_name)
        found.append((row, person, row.fault or fault))
    often = Counter(person for _row, person, fault in found if person and not fault)
    return [
        {
            "row_number": row.number,
            "code": row.code,
            "full_name": row.name,
            "person_id": person,
            "amount": row.amount,
            "fault": "twice" if person and not fault and often[person] > 1 else fault,
        }
        for row, person, fault in found
    ]


def _who(
    row: OpeningRow, by_code: dict[str, Any], by_name: dict[tuple[str, str], list[Any]]
) -> tuple[UUID | None, str]:
    if row.code:
        pupil = by_code.get(fold(row.code))
        if pupil is None:
            return None, "unknown"
        if row.name and fold(row.name) != fold(pupil.full_name):
            return pupil.person_id, "name"
        return pupil.person_id, ""
    named = by_name.get((fold(row.name), fold(row.class_name)), [])
    if len(named) != 1:
        return None, "several" if named else "unknown"
    return named[0].person_id, ""


def openings(ctx: Context) -> list[OpeningBatch]:
    """Batches, the latest first."""
    ctx.require("finance.opening.import")
    query = select(OpeningBatch).where(OpeningBatch.school_id == ctx.school_id)
    return list(ctx.session.scalars(query.order_by(OpeningBatch.id.desc()).limit(100)))


def opening(ctx: Context, batch_id: UUID) -> Plan:
    """A batch with its lines in the order of the file.

    Raises:
        NotFound: none at this school.
    """
    ctx.require("finance.opening.import")
    return Plan(_find(ctx, batch_id), _lines(ctx, batch_id))


def _find(ctx: Context, batch_id: UUID, *, lock: bool = False) -> OpeningBatch:
    query = select(OpeningBatch).where(OpeningBatch.school_id == ctx.school_id, OpeningBatch.id == batch_id)
    found = ctx.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound()
    return found


def _lines(ctx: Context, batch_id: UUID) -> tuple[PlannedLine, ...]:
    names = ("row_number", "code", "full_name", "person_id", "amount", "fault")
    query = select(*(getattr(OpeningLine, name) for name in names)).where(OpeningLine.batch_id == batch_id)
    rows = ctx.session.execute(query.order_by(OpeningLine.row_number, OpeningLine.id))
    return tuple(PlannedLine(*row) for row in rows)


def confirm_opening(ctx: Context, batch_id: UUID) -> Plan:
    """Book the good lines: balances at once, debts as bills. Lines with a fault are left out.

    Raises:
        Conflict: the batch is not waiting. Invalid: no line is good.
    """
    ctx.require("finance.opening.import")
    batch = _find(ctx, batch_id, lock=True)
    if batch.state != "planned":
        raise Conflict(_("This list has been decided already."))
    plan = Plan(batch, _lines(ctx, batch_id))
    if not plan.good:
        raise Invalid(_("No line of this list can be taken over."))
    _bill(ctx, plan)
    _credit(ctx, batch)
    batch.state, batch.ended_at, batch.ended_by = "confirmed", ctx.now(), ctx.actor.name
    facts = {"lines": len(plan.good), "money": plan.money, "owed": plan.owed}
    note(ctx, "finance.opening.confirmed", ("finance_opening", batch_id), facts)
    return plan


def _credit(ctx: Context, batch: OpeningBatch) -> None:
    credits: Select[*tuple[Any, ...]] = select(OpeningLine.person_id, literal(ACCOUNT), OpeningLine.amount).where(
        OpeningLine.batch_id == batch.id, OpeningLine.fault == "", OpeningLine.amount > 0
    )
    charges.credit_many(ctx, credits, source=f"opening:{batch.id}", kind="finance.opening", memo=batch.name)


def _bill(ctx: Context, plan: Plan) -> None:
    """A round with one item and an amount for each pupil who still owes."""
    owing = [line for line in plan.good if line.amount < 0 and line.person_id is not None]
    if not owing:
        return
    as_of = plan.batch.as_of
    row = open_round(
        ctx,
        title=f"Nợ chuyển sang đến {as_of:%d/%m/%Y}",
        period=local_date(ctx.now()),
        due_on=max(as_of, local_date(ctx.now())),
        item_ids=[_item(ctx)],
    )
    reason = f"Số còn phải nộp theo sổ cũ đến {as_of:%d/%m/%Y}"
    entries = [
        ExceptionInput(line.person_id, _item(ctx), reason, amount=-line.amount) for line in owing if line.person_id
    ]
    set_prices(ctx, row.id, [PriceInput(_item(ctx), 0)])
    set_exceptions(ctx, row.id, entries)
    publish(ctx, row.id)
    plan.batch.round_id = row.id


def _item(ctx: Context) -> UUID:
    known = ctx.session.scalar(select(Item.id).where(Item.school_id == ctx.school_id, Item.code == ITEM))
    if known is not None:
        return known
    entry = ItemInput(ITEM, "Số dư đầu kỳ", "Opening balance", "service", "once", "Sổ kế toán của trường",
                      account=ACCOUNT, position=900, active=False)  # fmt: skip
    return save_item(ctx, entry).id


def undo_opening(ctx: Context, batch_id: UUID, reason: str) -> None:
    """Take a confirmed list back: its bills are withdrawn, its balances leave. All or nothing.

    Raises:
        Invalid: no reason. Conflict: it is not confirmed, somebody has paid, or a balance has been used.
    """
    ctx.require("finance.opening.import")
    batch = _find(ctx, batch_id, lock=True)
    if batch.state != "confirmed":
        raise Conflict(_("Only a list that was taken over can be undone."))
    if batch.round_id is not None:
        withdraw(ctx, batch.round_id, reason=reason)
    elif not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    for line in _lines(ctx, batch_id):
        if not line.fault and line.amount > 0 and line.person_id is not None:
            source = f"opening:{batch_id}:undo:{line.person_id}"
            charges.take_out(ctx, line.person_id, line.amount, ACCOUNT, source=source, kind="finance.opening.undone",
                             memo=reason.strip())  # fmt: skip
    batch.state, batch.ended_at, batch.ended_by = "undone", ctx.now(), ctx.actor.name
    note(ctx, "finance.opening.undone", ("finance_opening", batch_id), {"reason": reason.strip()})
