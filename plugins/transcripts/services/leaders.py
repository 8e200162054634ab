"""Who confirms transcripts for the school's leadership on a day: the principal, or a deputy by delegation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.people import Person
from core.sdk.text import Message

from ..access import SIGNERS
from ..models import Leader
from ..models.leaders import POSITIONS

TITLES: dict[str, Message] = {"principal": _("Principal"), "deputy": _("Vice-principal")}


@dataclass(frozen=True, slots=True)
class LeaderLine:
    """From when to when somebody confirms, and by which decision."""

    id: UUID
    person_id: UUID
    full_name: str
    position: str
    starts_on: date
    ends_on: date | None
    decision: str


def leaders(ctx: Context, on: date | None = None) -> list[LeaderLine]:
    """Who confirms on a day; without one all who were named and not withdrawn, the newest first."""
    columns = (
        Leader.id, Leader.person_id, Person.full_name, Leader.position, Leader.starts_on, Leader.ends_on,
        Leader.decision,
    )  # fmt: skip
    wanted = (
        select(*columns)
        .join(Person, Person.id == Leader.person_id)
        .where(Leader.school_id == ctx.school_id, Leader.withdrawn_at.is_(None))
        .order_by(Leader.starts_on.desc(), Leader.id)
    )
    if on is not None:
        wanted = wanted.where(Leader.starts_on <= on, Leader.ends_on.is_(None) | (Leader.ends_on >= on))
    return [LeaderLine(*row) for row in ctx.session.execute(wanted)]


def name_leader(
    ctx: Context, person_id: UUID, position: str, starts_on: date, ends_on: date | None = None, decision: str = ""
) -> UUID:
    """Let somebody confirm from a day on; a principal takes the place of the one before.

    Args:
        ends_on: the last day; a deputy's delegation always has one.
        decision: number of the decision; a deputy's delegation always has one.

    Raises:
        Forbidden. NotFound: no such person. Invalid: a delegation without its decision or end, days out of order.
    """
    ctx.require(SIGNERS)
    faults: dict[str, Message] = {}
    if position not in POSITIONS:
        faults["position"] = _("Choose one.")
    if position == "deputy" and not decision.strip():
        faults["decision"] = _("A delegation has the number of its decision.")
    if position == "deputy" and ends_on is None:
        faults["ends_on"] = _("A delegation has a last day.")
    if ends_on is not None and ends_on < starts_on:
        faults["ends_on"] = _("The last day lies before the first.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    known = select(Person.id).where(Person.school_id == ctx.school_id, Person.id == person_id)
    if ctx.session.scalar(known) is None:
        raise NotFound
    if position == "principal":
        _end_principal(ctx, starts_on)
    id = new_id()
    ctx.session.add(
        Leader(
            id=id, school_id=ctx.school_id, person_id=person_id, position=position, starts_on=starts_on,
            ends_on=ends_on, decision=decision.strip(), named_by=ctx.actor.name, named_at=ctx.now(),
        )
    )  # fmt: skip
    ctx.session.flush()
    detail = {"position": position, "from": starts_on.isoformat(), "decision": decision.strip()}
    record(ctx, "transcripts.leader.named", target=("person", person_id), detail=detail)
    return id


def _end_principal(ctx: Context, starts_on: date) -> None:
    """The principal before goes on up to the day before; one who would have begun later is withdrawn."""
    mine = Leader.school_id == ctx.school_id, Leader.position == "principal", Leader.withdrawn_at.is_(None)
    still = Leader.ends_on.is_(None) | (Leader.ends_on >= starts_on)
    ctx.session.execute(
        update(Leader).where(*mine, Leader.starts_on >= starts_on).values(
            withdrawn_at=ctx.now(), withdrawn_by=ctx.actor.name
        )
    )  # fmt: skip
    day_before = date.fromordinal(starts_on.toordinal() - 1)
    ctx.session.execute(update(Leader).where(*mine, still, Leader.starts_on < starts_on).values(ends_on=day_before))


def withdraw_leader(ctx: Context, leader_id: UUID) -> None:
    """Take a naming back; what was signed under it stays signed.

    Raises:
        Forbidden, NotFound.
    """
    ctx.require(SIGNERS)
    statement = (
        update(Leader)
        .where(Leader.school_id == ctx.school_id, Leader.id == leader_id, Leader.withdrawn_at.is_(None))
        .values(withdrawn_at=ctx.now(), withdrawn_by=ctx.actor.name)
        .returning(Leader.person_id)
    )
    person_id = ctx.session.scalar(statement)
    if person_id is None:
        raise NotFound
    record(ctx, "transcripts.leader.withdrawn", target=("person", person_id))
