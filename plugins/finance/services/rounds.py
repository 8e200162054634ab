"""Collection rounds: open, change, choose items, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, tuple_

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid, NotFound, PreconditionFailed
from core.sdk.school import school_of
from plugins.finance.models import Item, Price, PupilException, Round, RoundItem
from plugins.finance.rules.exemptions import last_day
from plugins.finance.rules.law import refusal

from ._page import Cursor, Page
from ._trail import note


def round_(ctx: Context, round_id: UUID) -> Round:
    """One round.

    Raises:
        NotFound: no such round at this school.
    """
    ctx.require("finance.round.read")
    return _find(ctx, round_id, lock=False)


def _find(ctx: Context, round_id: UUID, *, lock: bool) -> Round:
    query = select(Round).where(Round.id == round_id)
    found = ctx.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound()
    if lock:
        ctx.session.refresh(found)
    return found


def locked(ctx: Context, round_id: UUID, version: int | None = None) -> Round:
    """The round, locked until the end of the transaction; with `version`, only if nobody changed it since.

    Raises:
        PreconditionFailed: it has another version by now.
    """
    found = _find(ctx, round_id, lock=True)
    if version is not None and found.version != version:
        raise PreconditionFailed(_("Somebody else changed this round in the meantime. Please look again."))
    return found


def draft(ctx: Context, round_id: UUID, version: int | None = None) -> Round:
    """The round, locked, and only while it may still be changed.

    Raises:
        Conflict: it has been published.
    """
    found = locked(ctx, round_id, version)
    if found.state != "draft":
        raise Conflict(_("This round has been published; withdraw it first to change it."))
    return found


def changed(row: Round) -> None:
    """Count a change, for ETag."""
    row.version += 1


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A line of the list of rounds."""

    id: UUID
    title: str
    period: date
    due_on: date
    state: str
    version: int


def rounds(ctx: Context, *, after: Cursor | None = None, limit: int = 50) -> Page[RoundRow]:
    """A page of rounds, the newest month first."""
    ctx.require("finance.round.read")
    query = select(Round.id, Round.title, Round.period, Round.due_on, Round.state, Round.version)
    if after is not None:
        query = query.where(tuple_(Round.period, Round.id) < tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    rows = ctx.session.execute(query.order_by(Round.period.desc(), Round.id.desc()).limit(limit + 1)).all()
    found = tuple(RoundRow(*row) for row in rows[:limit])
    return Page(found, (found[-1].period.isoformat(), str(found[-1].id)) if len(rows) > limit else None)


def _check(title: str, period: date, due_on: date) -> None:
    faults: dict[str, Message] = {}
    if not title.strip():
        faults["title"] = _("Please give the round a title.")
    if due_on < period:
        faults["due_on"] = _("The due date lies before the month that is collected for.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)


def open_round(
    ctx: Context,
    *,
    title: str,
    period: date,
    due_on: date,
    item_ids: Sequence[UUID],
    copy_from: UUID | None = None,
) -> Round:
    """Open a draft round.

    Args:
        title: as parents read it, such as "Thu tháng 9/2026".
        period: any day of the month that is collected for.
        due_on: the last day to pay.
        item_ids: what is collected, in the order of the bill.
        copy_from: another round, whose prices are taken over as a first draft.

    Raises:
        Invalid: dates or items that the rules refuse.
    """
    ctx.require("finance.round.edit")
    period = period.replace(day=1)
    _check(title, period, due_on)
    row = Round(title=title.strip(), period=period, due_on=due_on)
    ctx.session.add(row)
    ctx.session.flush()
    _set_items(ctx, row, item_ids)
    if copy_from is not None:
        _copy_prices(ctx, copy_from, row)
    note(
        ctx,
        "finance.round.opened",
        ("finance_round", row.id),
        {"title": row.title, "period": period.isoformat()},
    )
    return row


def change_round(
    ctx: Context, round_id: UUID, *, title: str, period: date, due_on: date, version: int | None = None
) -> Round:
    """Change title, month or due date of a draft."""
    ctx.require("finance.round.edit")
    row = draft(ctx, round_id, version)
    period = period.replace(day=1)
    _check(title, period, due_on)
    row.title, row.period, row.due_on = title.strip(), period, due_on
    changed(row)
    note(ctx, "finance.round.changed", ("finance_round", row.id), {"title": row.title})
    return row


def set_items(ctx: Context, round_id: UUID, item_ids: Sequence[UUID], version: int | None = None) -> Round:
    """Choose what a draft collects; prices and exceptions of items that are taken out go with them."""
    ctx.require("finance.round.edit")
    row = draft(ctx, round_id, version)
    _set_items(ctx, row, item_ids)
    changed(row)
    note(ctx, "finance.round.items", ("finance_round", row.id), {"items": [str(i) for i in item_ids]})
    return row


def _set_items(ctx: Context, row: Round, item_ids: Sequence[UUID]) -> None:
    found = {i.id: i for i in ctx.session.scalars(select(Item).where(Item.id.in_(item_ids)))}
    missing = [i for i in item_ids if i not in found]
    if missing:
        raise NotFound()
    ownership = school_of(ctx).ownership
    refused = {
        found[i].code: why
        for i in item_ids
        if (why := refusal(found[i].kind, ownership, last_day(row.period))) is not None
    }
    if refused:
        raise Invalid(next(iter(refused.values())), fields=refused, code="item_refused")
    for table in (Price, PupilException, RoundItem):
        ctx.session.execute(delete(table).where(table.round_id == row.id, table.item_id.not_in(list(item_ids))))
    there = {i.item_id: i for i in ctx.session.scalars(select(RoundItem).where(RoundItem.round_id == row.id))}
    for position, item_id in enumerate(dict.fromkeys(item_ids)):
        if item_id in there:
            there[item_id].position = position
        else:
            ctx.session.add(RoundItem(round_id=row.id, item_id=item_id, position=position))
    ctx.session.flush()


def _copy_prices(ctx: Context, source_id: UUID, row: Round) -> None:
    source = _find(ctx, source_id, lock=False)
    wanted = select(RoundItem.item_id).where(RoundItem.round_id == row.id)
    columns = (Price.item_id, Price.class_id, Price.grade, Price.unit_price, Price.quantity)
    for old in ctx.session.execute(select(*columns).where(Price.round_id == source.id, Price.item_id.in_(wanted))):
        ctx.session.add(Price(round_id=row.id, **old._mapping))
    ctx.session.flush()


def round_items(ctx: Context, round_id: UUID) -> list[Item]:
    """What the round collects, in the order of the bill."""
    ctx.require("finance.round.read")
    query = (
        select(Item)
        .join(RoundItem, RoundItem.item_id == Item.id)
        .where(RoundItem.round_id == round_id)
        .order_by(RoundItem.position)
    )
    return list(ctx.session.scalars(query))


def close_round(ctx: Context, round_id: UUID, version: int | None = None) -> Round:
    """Close a published round: no bill is added, withdrawn or issued again. What is owed stays owed.

    Raises:
        Conflict: the round is not published.
    """
    ctx.require("finance.round.publish")
    row = locked(ctx, round_id, version)
    if row.state != "published":
        raise Conflict(_("Only a published round can be closed."))
    row.state, row.closed_at = "closed", ctx.now()
    changed(row)
    note(ctx, "finance.round.closed", ("finance_round", row.id), {"title": row.title})
    return row
