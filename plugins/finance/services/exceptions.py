"""Pupils who differ from their class in one round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, Message, _
from core.sdk.data import new_id
from core.sdk.errors import Invalid
from core.sdk.people import Person
from plugins.finance.models import Item, PupilException, Round

from ._trail import note
from .rounds import changed, locked, round_, round_items


@dataclass(frozen=True, slots=True)
class ExceptionInput:
    """Another quantity, or another amount in dong, with the reason that parents read."""

    person_id: UUID
    item_id: UUID
    reason: str
    quantity: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """A stored exception with the names that a list shows."""

    id: UUID
    person_id: UUID
    full_name: str
    item_id: UUID
    item_code: str
    quantity: int | None
    amount: int | None
    reason: str


def exceptions(ctx: Context, round_id: UUID) -> list[ExceptionRow]:
    """The exceptions of a round, by name of the pupil."""
    round_(ctx, round_id)
    query = (
        select(
            PupilException.id,
            PupilException.person_id,
            Person.full_name,
            PupilException.item_id,
            Item.code,
            PupilException.quantity,
            PupilException.amount,
            PupilException.reason,
        )
        .join(Person, Person.id == PupilException.person_id)
        .join(Item, Item.id == PupilException.item_id)
        .where(PupilException.round_id == round_id)
        .order_by(Person.sort_key, PupilException.id)
    )
    return [ExceptionRow(*row) for row in ctx.session.execute(query)]


def set_exceptions(
    ctx: Context, round_id: UUID, entries: Sequence[ExceptionInput], *, version: int | None = None
) -> Round:
    """Enter or replace exceptions. In a published round they count for bills that are issued from then on.

    Raises:
        Invalid: neither or both of quantity and amount, no reason, an item of another round, or two
            entries for one pupil and item; `fields` names each entry by its place in the list.
    """
    ctx.require("finance.round.edit")
    row = locked(ctx, round_id, version)
    _check(ctx, round_id, entries)
    if entries:
        _store(ctx, round_id, entries)
    changed(row)
    note(ctx, "finance.round.exceptions", ("finance_round", row.id), {"exceptions": len(entries)})
    return row


def _check(ctx: Context, round_id: UUID, entries: Sequence[ExceptionInput]) -> None:
    items = {item.id for item in round_items(ctx, round_id)}
    twice = Counter((e.person_id, e.item_id) for e in entries)
    faults: dict[str, Message] = {}
    for place, entry in enumerate(entries):
        if entry.item_id not in items:
            faults[str(place)] = _("This item is not part of the round.")
        elif (entry.quantity is None) == (entry.amount is None):
            faults[str(place)] = _("Give either a quantity or an amount.")
        elif min(entry.quantity or 0, entry.amount or 0) < 0:
            faults[str(place)] = _("An amount cannot be negative.")
        elif not entry.reason.strip():
            faults[str(place)] = _("Say why this pupil differs.")
        elif twice[entry.person_id, entry.item_id] > 1:
            faults[str(place)] = _("Two exceptions for the same pupil and item: keep one.")
    if faults:
        raise Invalid(_("Some exceptions need another look."), fields=faults)


def _store(ctx: Context, round_id: UUID, entries: Sequence[ExceptionInput]) -> None:
    now = ctx.now()
    values = [
        {
            "id": new_id(),
            "school_id": ctx.school_id,
            "round_id": round_id,
            "item_id": e.item_id,
            "person_id": e.person_id,
            "quantity": e.quantity,
            "amount": e.amount,
            "reason": e.reason.strip(),
            "created_at": now,
            "updated_at": now,
        }
        for e in entries
    ]
    statement = insert(PupilException)
    given = statement.excluded
    ctx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["round_id", "item_id", "person_id"],
            set_={
                "quantity": given.quantity,
                "amount": given.amount,
                "reason": given.reason,
                "updated_at": given.updated_at,
            },
        ),
        values,
    )


def remove_exception(ctx: Context, round_id: UUID, exception_id: UUID, version: int | None = None) -> Round:
    """Take an exception out; the pupil then follows the class."""
    ctx.require("finance.round.edit")
    row = locked(ctx, round_id, version)
    ctx.session.execute(
        delete(PupilException).where(PupilException.round_id == round_id, PupilException.id == exception_id)
    )
    changed(row)
    note(ctx, "finance.round.exception_removed", ("finance_round", row.id), {"exception": str(exception_id)})
    return row
