"""Reading sensitive classes of a person's data: for a stated purpose, for a short while, and written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.access.scopes import own_persons
from core.data.context import Context
from core.data.types import new_id
from core.school.modules import modules_on
from core.types.data_classes import DATA_CLASSES, GUARDED
from core.types.errors import Forbidden, Invalid
from core.types.message import Message, _

from . import purposes
from .models import AccessEntry, Visit

LASTS = timedelta(minutes=30)
"""How long a stated purpose counts."""
Place = Message


def disclose(
    ctx: Context, person_id: UUID, data_classes: Iterable[str], *, place: Place, purpose: str | None = None
) -> frozenset[str]:
    """Which of these classes the actor may be shown of this person now; being shown them is written down.

    Who asks has already checked that the actor may see the record. The family and the person themselves see
    everything, and so does the program; nothing is written down for them.

    Args:
        data_classes: names of `core.types.data_classes`; those that are not guarded are always given back.
        place: the page, for the log.
        purpose: stated here and now; without it only purposes that were stated before count.

    Raises:
        Invalid: there is no such purpose.
    """
    wanted = frozenset(data_classes)
    if unknown := wanted - DATA_CLASSES.keys():
        raise ValueError(f"no class of data: {', '.join(sorted(unknown))}")
    guarded = wanted & GUARDED
    if not guarded or not watched(ctx, person_id):
        return wanted
    if ctx.actor.account_id is None and ctx.actor.client_id is None:
        return wanted - guarded
    visits = _visits(ctx, person_id)
    if purpose is not None and not _emergency(visits) and all(visit.purpose != purpose for visit in visits):
        visits.append(_state(ctx, person_id, purpose))
    opened = {name: visit for visit in visits for name in guarded & visit.data_classes}
    _note(ctx, person_id, opened, place)
    return (wanted - guarded) | opened.keys()


def state_purpose(ctx: Context, person_id: UUID, purpose: str) -> None:
    """State what the data of this person are needed for; it counts for half an hour in this session.

    It opens nothing by itself: the page still asks whether the actor may see the record.

    Raises:
        Invalid: there is no such purpose, or it is none that people choose.
        Forbidden: the record is open in an emergency, which is its purpose.
    """
    chosen = purposes.find(purpose)
    if chosen is None or not chosen.chosen:
        raise Invalid(_("Choose one of the purposes."), fields={"purpose": _("Choose one of the purposes.")})
    visits = _visits(ctx, person_id)
    if _emergency(visits):
        raise Forbidden
    if all(visit.purpose != purpose for visit in visits):
        _state(ctx, person_id, purpose)


def watched(ctx: Context, person_id: UUID) -> bool:
    """Whether this reader's readings are written down: everybody's but the family's and the program's."""
    if ctx.actor.kind == "system" or person_id == ctx.actor.person_id:
        return False
    mine = own_persons(ctx)
    return mine is None or ctx.session.execute(mine.where(_is(mine, person_id))).first() is None


def reader_id(ctx: Context) -> UUID:
    """Who reads: the account, or the vendor's program that acts for itself.

    Raises:
        Forbidden: a link and the like, which nobody could be asked about.
    """
    found = ctx.actor.account_id or ctx.actor.client_id
    if found is None:
        raise Forbidden
    return found


def entry_of(ctx: Context, *, visit_id: UUID, how: str, purpose: str, note: str, place: Place) -> dict[str, Any]:
    """The columns of a line of the log that do not depend on whose data were read."""
    return {
        "school_id": ctx.school_id,
        "visit_id": visit_id,
        "how": how,
        "purpose": purpose,
        "note": note,
        "reader_id": reader_id(ctx),
        "reader_name": ctx.actor.name,
        "reader_roles": sorted(ctx.actor.roles),
        "place": place.to_json(),
        "at": ctx.now(),
    }


def _is(query: Any, person_id: UUID) -> Any:
    return next(iter(query.selected_columns)) == person_id


@dataclass(frozen=True, slots=True)
class _Open:
    id: UUID
    purpose: str
    note: str
    emergency_id: UUID | None
    data_classes: frozenset[str]
    """Which the purpose opens."""


def _emergency(visits: list[_Open]) -> bool:
    """Whoever reads in an emergency reads for that and for nothing else."""
    return any(visit.emergency_id for visit in visits)


def _visits(ctx: Context, person_id: UUID) -> list[_Open]:
    """What this reader has stated for this person and still counts; an emergency counts first."""
    session = Visit.session_id == ctx.actor.session_id
    query = (
        select(Visit.id, Visit.purpose, Visit.note, Visit.emergency_id)
        .where(
            Visit.school_id == ctx.school_id,
            Visit.reader_id == reader_id(ctx),
            Visit.person_id == person_id,
            Visit.ends_at > ctx.now(),
            or_(Visit.session_id.is_(None), session) if ctx.actor.session_id else Visit.session_id.is_(None),
        )
        .order_by(Visit.emergency_id.nulls_first(), Visit.id)
    )
    found = ((row, purposes.find(row.purpose)) for row in ctx.session.execute(query))
    return [
        _Open(row.id, row.purpose, row.note, row.emergency_id, purpose.data_classes)
        for row, purpose in found
        if purpose is not None
    ]


def _state(ctx: Context, person_id: UUID, purpose: str) -> _Open:
    found, module = purposes.find(purpose), purposes.module_of(purpose)
    if found is None or (module and module not in modules_on(ctx)):
        raise Invalid(_("Choose one of the purposes."), fields={"purpose": _("Choose one of the purposes.")})
    visit_id = begin(ctx, person_id, purpose, session_id=ctx.actor.session_id, until=ctx.now() + LASTS)
    audit.record(ctx, "access.purpose_stated", target=("person", person_id), detail={"purpose": purpose})
    return _Open(visit_id, purpose, "", None, found.data_classes)


def begin(
    ctx: Context, person_id: UUID, purpose: str, *, session_id: UUID | None, until: datetime, note: str = "",
    emergency_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Begin a visit; for the parts of this package."""
    visit_id = new_id()
    row = {
        "id": visit_id, "school_id": ctx.school_id, "person_id": person_id, "reader_id": reader_id(ctx),
        "session_id": session_id, "purpose": purpose, "note": note, "emergency_id": emergency_id,
        "begun_at": ctx.now(), "ends_at": until,
    }  # fmt: skip
    ctx.session.execute(insert(Visit).values(row))
    return visit_id


def _note(ctx: Context, person_id: UUID, opened: dict[str, _Open], place: Place) -> None:
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "data_class": name,
            **entry_of(
                ctx,
                visit_id=visit.id,
                how="emergency" if visit.emergency_id else "read",
                purpose=visit.purpose,
                note=visit.note,
                place=place,
            ),
        }
        for name, visit in sorted(opened.items())
    ]
    if rows:
        ctx.session.execute(insert(AccessEntry).values(rows).on_conflict_do_nothing())


def note_many(ctx: Context, persons: Collection[UUID], data_classes: Collection[str], entry: dict[str, Any]) -> None:
    """Write one line for each person and class, in one statement; for lists that leave as a file."""
    rows = [
        {"id": new_id(), "person_id": person, "data_class": name, **entry}
        for person in persons
        for name in data_classes
    ]
    if rows:
        ctx.session.execute(insert(AccessEntry), rows)
