"""Exemptions: entered by one person, approved by another, ended but never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from core.sdk import Context, _, fold
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.people import Person
from plugins.finance.events import EXEMPTION_APPROVED
from plugins.finance.models import Exemption, Item
from plugins.finance.rules.exemptions import faults

from ._trail import note


@dataclass(frozen=True, slots=True)
class ExemptionInput:
    """All that an exemption must have before it may be stored (fees.md, C2)."""

    person_id: UUID
    item_ids: tuple[UUID, ...]
    percent: int
    group_code: str
    reason: str
    legal_basis: str
    evidence: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class ExemptionRow:
    """A stored exemption as lists show it."""

    id: UUID
    person_id: UUID
    full_name: str
    item_ids: list[UUID]
    percent: int
    group_code: str
    reason: str
    legal_basis: str
    evidence: str
    valid_from: date
    valid_to: date
    created_by_name: str
    approved_by_name: str
    approved_at: datetime | None
    sort_key: str
    created_by: UUID | None


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        Exemption.id,
        Exemption.person_id,
        Person.full_name,
        Exemption.item_ids,
        Exemption.percent,
        Exemption.group_code,
        Exemption.reason,
        Exemption.legal_basis,
        Exemption.evidence,
        Exemption.valid_from,
        Exemption.valid_to,
        Exemption.created_by_name,
        Exemption.approved_by_name,
        Exemption.approved_at,
        Person.sort_key,
        Exemption.created_by,
    ).join(Person, Person.id == Exemption.person_id)


def exemptions(
    ctx: Context,
    *,
    person_id: UUID | None = None,
    waiting: bool = False,
    valid_on: date | None = None,
    search: str = "",
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[ExemptionRow]:
    """Exemptions by name of the pupil.

    Args:
        person_id: only those of one pupil.
        waiting: only those that nobody has approved yet.
        valid_on: only those that hold on a day.
        search: part of a pupil's name or code; accents do not matter.
        after: sort key and id of the last row of the page before.
        limit: rows at most.
    """
    ctx.require("finance.exemption.read")
    query = _rows()
    if person_id is not None:
        query = query.where(Exemption.person_id == person_id)
    if waiting:
        query = query.where(Exemption.approved_at.is_(None))
    if valid_on is not None:
        query = query.where(Exemption.valid_from <= valid_on, Exemption.valid_to >= valid_on)
    if search:
        query = query.where(Person.search_text.contains(fold(search), autoescape=True))
    if after is not None:
        key, last = after
        query = query.where((Person.sort_key > key) | ((Person.sort_key == key) & (Exemption.id > last)))
    return [
        ExemptionRow(*row) for row in ctx.session.execute(query.order_by(Person.sort_key, Exemption.id).limit(limit))
    ]


def exemption(ctx: Context, exemption_id: UUID) -> ExemptionRow:
    """One exemption with the pupil's name."""
    ctx.require("finance.exemption.read")
    row = ctx.session.execute(_rows().where(Exemption.id == exemption_id)).one_or_none()
    if row is None:
        raise NotFound()
    return ExemptionRow(*row)


def add_exemption(ctx: Context, entry: ExemptionInput) -> Exemption:
    """Enter an exemption. It counts once somebody with `finance.exemption.approve` has approved it.

    Raises:
        Invalid: something is missing or wrong, by field.
        NotFound: no such pupil or item at this school.
    """
    ctx.require("finance.exemption.edit")
    found = faults(
        percent=entry.percent,
        group_code=entry.group_code,
        reason=entry.reason,
        legal_basis=entry.legal_basis,
        evidence=entry.evidence,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        item_count=len(entry.item_ids),
    )
    if found:
        raise Invalid(_("Some fields need another look."), fields=found)
    _known(ctx, entry.person_id, entry.item_ids)
    row = Exemption(
        person_id=entry.person_id,
        item_ids=list(entry.item_ids),
        percent=entry.percent,
        group_code=entry.group_code,
        reason=entry.reason.strip(),
        legal_basis=entry.legal_basis.strip(),
        evidence=entry.evidence.strip(),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        created_by=ctx.actor.account_id,
        created_by_name=ctx.actor.name,
    )
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.exemption.added", ("finance_exemption", row.id), {"percent": row.percent})
    return row


def _known(ctx: Context, person_id: UUID, item_ids: Sequence[UUID]) -> None:
    person = ctx.session.scalar(select(Person.id).where(Person.id == person_id))
    there = set(ctx.session.scalars(select(Item.id).where(Item.id.in_(item_ids))))
    if person is None or there != set(item_ids):
        raise NotFound()


def _locked(ctx: Context, exemption_id: UUID) -> Exemption:
    row = ctx.session.scalar(select(Exemption).where(Exemption.id == exemption_id).with_for_update())
    if row is None:
        raise NotFound()
    return row


def approve_exemption(ctx: Context, exemption_id: UUID) -> Exemption:
    """Approve an exemption: from now on it counts for bills that are not out yet.

    Raises:
        Conflict: the one who entered it cannot approve it, or it is approved already.
    """
    ctx.require("finance.exemption.approve")
    row = _locked(ctx, exemption_id)
    if row.approved_at is not None:
        raise Conflict(_("This exemption has been approved already."))
    if row.created_by is not None and row.created_by == ctx.actor.account_id:
        raise Conflict(_("Another person has to approve what you entered."))
    row.approved_by, row.approved_by_name, row.approved_at = ctx.actor.account_id, ctx.actor.name, ctx.now()
    facts = {"exemption_id": str(row.id), "person_id": str(row.person_id)}
    note(ctx, EXEMPTION_APPROVED, ("finance_exemption", row.id), facts, event=True)
    return row


def end_exemption(ctx: Context, exemption_id: UUID, valid_to: date, reason: str) -> Exemption:
    """Let an exemption end earlier. Bills that are out stay as they are.

    Raises:
        Invalid: the new end is later than the old one, or no reason is given.
    """
    ctx.require("finance.exemption.edit")
    row = _locked(ctx, exemption_id)
    if valid_to > row.valid_to:
        message = _("A longer exemption has to be entered and approved anew.")
        raise Invalid(message, fields={"valid_to": message})
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    row.valid_to = max(valid_to, row.valid_from)
    facts = {"valid_to": row.valid_to.isoformat(), "reason": reason.strip()}
    note(ctx, "finance.exemption.ended", ("finance_exemption", row.id), facts)
    return row
