"""Opening one record in an emergency: by whoever has no right to it, for a short while, in front of everybody.

It gives reading and nothing else: permissions reach such a record by the scope `emergency` (`<p>.emergency`), which
plugins declare for reading only. Head and family hear of it at once, and a second person reviews each case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core import audit, settings
from core.data.context import Context
from core.data.fold import fold
from core.notify import services as notify
from core.people.models import Person
from core.types.contributions import Scope
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.ids import new_id
from core.types.message import Message, _

from .access import EMERGENCY_BY_ROLE, EMERGENCY_MINUTES, OPEN, REVIEW
from .disclosing import begin, entry_of
from .models import AccessEntry, Emergency, Visit
from .people import name_of, names_of, watchers
from .purposes import EMERGENCY

SHORTEST_REASON = 20
"""Characters: long enough for a sentence that says what happened."""
MOST_A_DAY = 5
"""Cases that one account may open in a day: who needs more lacks a right, and the head can give it."""
LATE = timedelta(days=2)
"""A case that waits longer for its review is shown in red."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
PLACE = _("Opened in an emergency")


def _persons(ctx: Context) -> Select[UUID] | None:
    if ctx.actor.account_id is None or ctx.school is None:
        return None
    return select(Emergency.person_id).where(
        Emergency.school_id == ctx.school, Emergency.account_id == ctx.actor.account_id, Emergency.ends_at > ctx.now()
    )


SCOPE = Scope("emergency", _("A record that was opened in an emergency"), _persons)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be meant."""

    id: UUID
    full_name: str
    birth: date | int | None


def may_open(ctx: Context) -> bool:
    """Whether the school lets one of the actor's roles open records in an emergency."""
    if not ctx.actor.has(OPEN):
        return False
    return any(settings.get(ctx, EMERGENCY_BY_ROLE[role].key) for role in ctx.actor.roles & EMERGENCY_BY_ROLE.keys())


def find(ctx: Context, name: str, *, most: int = 20) -> list[Candidate]:
    """Persons of exactly this name, accents aside: whoever needs a record in an emergency knows whose.

    Raises:
        Forbidden: the actor may open none.
    """
    _require(ctx)
    words = fold(name)
    if len(words.split()) < 2:
        return []
    query = select(Person.id, Person.full_name, Person.birth_date, Person.birth_year).where(
        Person.school_id == ctx.school_id,
        Person.search_text.like(f"%{words.replace('%', '').replace('_', '')}%"),
        ~Person.deceased,
    )
    rows = ctx.session.execute(query.order_by(Person.sort_key, Person.id).limit(most * 5))
    found = [Candidate(r.id, r.full_name, r.birth_date or r.birth_year) for r in rows if fold(r.full_name) == words]
    return found[:most]


def open_record(ctx: Context, person_id: UUID, reason: str) -> UUID:
    """Open a record to the actor for an hour or as long as the school has set; head and family are told.

    Args:
        reason: what happened, in the actor's words; the family reads it.

    Returns:
        The case; the one that is open where there is one.

    Raises:
        Forbidden: the school does not let any role of the actor do this.
        Invalid: no reason, or too short a one.
        NotFound: no such person. Conflict: the actor has opened too many today.
    """
    _require(ctx)
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        wanted = _("Write what happened and why you need the record, in at least %(count)s characters.",
                   count=SHORTEST_REASON)  # fmt: skip
        raise Invalid(_("Please check the marked fields."), fields={"reason": wanted})
    account = ctx.actor.account_id
    if account is None:
        raise Forbidden(OPEN)
    name_of(ctx, person_id)
    ctx.session.execute(_LOCK, {"key": f"emergency {account}"})
    running = select(Emergency.id).where(
        Emergency.school_id == ctx.school_id, Emergency.account_id == account, Emergency.person_id == person_id,
        Emergency.ends_at > ctx.now(),
    )  # fmt: skip
    if (open_already := ctx.session.execute(running).scalar()) is not None:
        return open_already
    lately = select(func.count()).select_from(Emergency).where(
        Emergency.school_id == ctx.school_id, Emergency.account_id == account,
        Emergency.opened_at > ctx.now() - timedelta(days=1),
    )  # fmt: skip
    if ctx.session.execute(lately).scalar_one() >= MOST_A_DAY:
        raise Conflict(_("You have opened %(count)s records today. Ask the head of the school.", count=MOST_A_DAY))
    return _open(ctx, person_id, account, said)


def _open(ctx: Context, person_id: UUID, account: UUID, reason: str) -> UUID:
    minutes = min(max(int(settings.get(ctx, EMERGENCY_MINUTES.key)), 5), 240)
    now, case = ctx.now(), new_id()
    ends = now + timedelta(minutes=minutes)
    row = {
        "id": case, "school_id": ctx.school_id, "person_id": person_id, "account_id": account,
        "opener_name": ctx.actor.name, "opener_roles": sorted(ctx.actor.roles), "reason": reason, "opened_at": now,
        "ends_at": ends, "reviewer_name": "", "remark": "",
    }  # fmt: skip
    ctx.session.execute(insert(Emergency).values(row))
    visit = begin(ctx, person_id, EMERGENCY, session_id=None, until=ends, note=reason, emergency_id=case)
    entry = entry_of(ctx, visit_id=visit, how="emergency", purpose=EMERGENCY, note=reason, place=PLACE)
    line = {"id": new_id(), "person_id": person_id, "data_class": "identity", **entry}
    ctx.session.execute(insert(AccessEntry).values(line))
    audit.record(ctx, "access.emergency_opened", target=("person", person_id), detail={"reason": reason, "case": case})
    notify.tell_accounts(
        ctx, watchers(ctx), "core.emergency.opened", _("A record was opened in an emergency"),
        _("%(name)s opened a record. Please read the reason and close the case.", name=ctx.actor.name),
        url="/emergencies", key=f"emergency {case}",
    )  # fmt: skip
    notify.tell_families(
        ctx, [person_id], "core.emergency.opened", _("Your child's record was opened in an emergency"),
        _("%(name)s of the school opened it for %(minutes)s minutes. You can read who, when and why.",
          name=ctx.actor.name, minutes=minutes),
        url=f"/people/{person_id}/readers", key=f"emergency {case}",
    )  # fmt: skip
    return case


@dataclass(frozen=True, slots=True)
class Case:
    """A record that was opened, as its reviewer sees it."""

    id: UUID
    person_id: UUID
    account_id: UUID
    opener_name: str
    opener_roles: list[str]
    reason: str
    opened_at: datetime
    ends_at: datetime
    reviewed_at: datetime | None
    reviewer_name: str
    justified: bool | None
    remark: str
    person_name: str | None = None


_CASE = (
    Emergency.id, Emergency.person_id, Emergency.account_id, Emergency.opener_name, Emergency.opener_roles,
    Emergency.reason, Emergency.opened_at, Emergency.ends_at, Emergency.reviewed_at, Emergency.reviewer_name,
    Emergency.justified, Emergency.remark,
)  # fmt: skip


def cases(ctx: Context, *, limit: int = 100) -> list[Case]:
    """Those that wait for a review first, then the latest. Raises `Forbidden` without `core.access.review`."""
    ctx.require(REVIEW)
    query = select(*_CASE).where(Emergency.school_id == ctx.school_id)
    query = query.order_by(Emergency.reviewed_at.isnot(None), Emergency.opened_at.desc()).limit(limit)
    return _named(ctx, query)


def own_open(ctx: Context, person_id: UUID | None = None) -> list[Case]:
    """The actor's own cases that are open now, or the one of this person."""
    if ctx.actor.account_id is None or not ctx.actor.has(OPEN):
        return []
    query = select(*_CASE).where(
        Emergency.school_id == ctx.school_id,
        Emergency.account_id == ctx.actor.account_id,
        Emergency.ends_at > ctx.now(),
    )
    if person_id is not None:
        query = query.where(Emergency.person_id == person_id)
    return _named(ctx, query.order_by(Emergency.ends_at))


def _named(ctx: Context, query: Select[*tuple[Any, ...]]) -> list[Case]:
    found = [Case(*row) for row in ctx.session.execute(query)]
    names = names_of(ctx, [case.person_id for case in found]) if found else {}
    return [replace(case, person_name=names.get(case.person_id)) for case in found]


def waiting(ctx: Context) -> tuple[int, bool]:
    """How many cases wait for a review, and whether one of them has waited too long."""
    query = select(func.count(), func.min(Emergency.opened_at)).where(
        Emergency.school_id == ctx.school_id, Emergency.reviewed_at.is_(None)
    )
    count, oldest = ctx.session.execute(query).one()
    return count, oldest is not None and oldest < ctx.now() - LATE


def close(ctx: Context, case_id: UUID) -> None:
    """End one's own case before its time. Raises `NotFound` when it is not open, or another's."""
    now = ctx.now()
    ended = (
        update(Emergency)
        .where(
            Emergency.school_id == ctx.school_id,
            Emergency.id == case_id,
            Emergency.account_id == ctx.actor.account_id,
            Emergency.ends_at > now,
        )
        .values(ends_at=now)
        .returning(Emergency.person_id)
    )
    person_id = ctx.session.execute(ended).scalar_one_or_none()
    if person_id is None:
        raise NotFound
    visits = update(Visit).where(Visit.school_id == ctx.school_id, Visit.emergency_id == case_id)
    ctx.session.execute(visits.values(ends_at=now))
    audit.record(ctx, "access.emergency_closed", target=("person", person_id), detail={"case": case_id})


def review(ctx: Context, case_id: UUID, *, justified: bool, remark: str) -> None:
    """Close a case with a remark.

    Raises:
        Forbidden: without `core.access.review`, or one's own case.
        Invalid: no remark. NotFound: no such case. Conflict: it is reviewed already.
    """
    ctx.require(REVIEW)
    said = " ".join(remark.split())
    if not said:
        raise Invalid(_("Please check the marked fields."), fields={"remark": _("Please fill this in.")})
    query = select(Emergency).where(Emergency.school_id == ctx.school_id, Emergency.id == case_id).with_for_update()
    case = ctx.session.execute(query).scalar_one_or_none()
    if case is None:
        raise NotFound
    if case.account_id == ctx.actor.account_id:
        raise Forbidden(REVIEW)
    if case.reviewed_at is not None:
        raise Conflict(_("This case is closed already."))
    case.reviewed_at, case.reviewed_by, case.reviewer_name = ctx.now(), ctx.actor.account_id, ctx.actor.name
    case.justified, case.remark = justified, said
    detail = {"case": case_id, "justified": justified, "remark": said}
    audit.record(ctx, "access.emergency_reviewed", target=("person", case.person_id), detail=detail)


def _require(ctx: Context) -> None:
    if not may_open(ctx):
        raise Forbidden(OPEN)


def verdict(justified: bool | None) -> tuple[str, Message]:
    """State and word of a case."""
    if justified is None:
        return "attention", _("Waits for a review")
    return ("ok", _("Justified")) if justified else ("stop", _("Not justified"))
