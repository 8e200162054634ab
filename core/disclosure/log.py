"""Who has looked at sensitive data: read by the family, and by those who stand over the log.

Lines are never changed and nothing in the program deletes them (the application has no right to): they are kept as
long as the record of the person at the school; logs of information systems at least twelve months (Decree 333/2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, cast, func, select

from core.access.scopes import own_persons, require_for
from core.data.context import Context
from core.people.merged import all_ids
from core.people.models import MergedPerson
from core.types.data_classes import DATA_CLASSES
from core.types.message import Message

from .access import LOG
from .models import AccessEntry
from .people import names_of
from .purposes import label_of

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Look:
    """One visit to one person's data."""

    visit_id: UUID
    person_id: UUID
    at: datetime
    """When it began."""
    how: str
    purpose: str
    note: str
    reader_name: str
    reader_roles: list[str]
    place: Message
    data_classes: list[str]
    person_name: str | None = None

    @property
    def purpose_label(self) -> Message:
        return label_of(self.purpose)

    @property
    def class_labels(self) -> list[Message]:
        return [label for name, label in DATA_CLASSES.items() if name in self.data_classes]


# Read under a record that was merged since: the person of the one that is kept.
_PERSON = func.coalesce(MergedPerson.kept_id, AccessEntry.person_id).label("person_id")
# One line a visit: what all lines of a visit share is the same in each, so that any of them will do.
_FIRST = (
    AccessEntry.visit_id,
    _PERSON,
    func.min(AccessEntry.at).label("at"),
    func.min(AccessEntry.how),
    func.min(AccessEntry.purpose),
    func.min(AccessEntry.note),
    func.min(AccessEntry.reader_name),
    func.min(AccessEntry.reader_roles),
    func.min(cast(AccessEntry.place, Text)),
    func.array_agg(AccessEntry.data_class),
)


def looks_at(ctx: Context, person_id: UUID, *, limit: int = 200) -> list[Look]:
    """Who has looked at this person's sensitive data, newest first.

    Raises:
        NotFound: neither one's own child nor oneself, and without `core.access.log`.
    """
    require_for(ctx, LOG, person_id)
    return _looks(ctx, _grouped(ctx).where(AccessEntry.person_id.in_(all_ids(person_id))).limit(limit))


def latest(ctx: Context, *, reader: str = "", before: datetime | None = None, limit: int = 100) -> list[Look]:
    """The latest visits to anybody's data. Raises `Forbidden` without `core.access.log`.

    Args:
        reader: part of the reader's name.
        before: the moment of the last line of the page before.
    """
    ctx.require(LOG)
    query = _grouped(ctx).where(AccessEntry.how != "export")
    if reader:
        query = query.where(AccessEntry.reader_name.icontains(reader, autoescape=True))
    if before is not None:
        query = query.where(AccessEntry.at < before)
    looks = _looks(ctx, query.limit(limit))
    names = names_of(ctx, [look.person_id for look in looks])
    return [replace(look, person_name=names.get(look.person_id)) for look in looks]


def lately(ctx: Context) -> list[tuple[UUID, str, int]]:
    """The actor's own children whose data were looked at in the last thirty days, with the number of visits."""
    mine = own_persons(ctx)
    if mine is None:
        return []
    query = (
        select(_PERSON, func.count(AccessEntry.visit_id.distinct()))
        .outerjoin(MergedPerson, MergedPerson.gone_id == AccessEntry.person_id)
        .where(
            AccessEntry.school_id == ctx.school_id,
            AccessEntry.person_id.in_(all_ids(mine)),
            AccessEntry.at > ctx.now() - LATELY,
        )
        .group_by(_PERSON)
    )
    counted: dict[UUID, int] = {row[0]: row[1] for row in ctx.session.execute(query)}
    names = names_of(ctx, counted) if counted else {}
    return sorted(((id, name, counted[id]) for id, name in names.items()), key=lambda found: found[1])


def _grouped(ctx: Context) -> Select[*tuple[Any, ...]]:
    query = select(*_FIRST).outerjoin(MergedPerson, MergedPerson.gone_id == AccessEntry.person_id)
    query = query.where(AccessEntry.school_id == ctx.school_id)
    return query.group_by(AccessEntry.visit_id, _PERSON).order_by(func.min(AccessEntry.at).desc())


def _looks(ctx: Context, query: Select[*tuple[Any, ...]]) -> list[Look]:
    return [_look(tuple(row)) for row in ctx.session.execute(query)]


def _look(row: Sequence[Any]) -> Look:
    values = [*row]
    values[8], values[9] = Message.from_json(msgspec.json.decode(values[8])), sorted(values[9])
    return Look(*values)
