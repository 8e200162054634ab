"""What waits for whom: places of one role, one class and one subject, signed together by one confirmation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.sdk import Context
from core.sdk.data import local_date, query
from core.sdk.errors import NotFound

from ...rules.slots import Place, Role
from ...rules.states import IN_FORCE, IN_WORK, TURN
from ...settings import days
from ..entitlement import Entitled, entitled, may_sign

_TURN = " ".join(f"WHEN '{role}' THEN '{state}'" for role, state in TURN.items())
_GROUPS = f"""
SELECT s.role, s.subject, r.year_id, r.class_id, min(r.class_name), min(r.grade),
  count(*) FILTER (WHERE s.state = 'waiting' AND r.state = CASE s.role {_TURN} END),
  count(*) FILTER (WHERE s.state = 'waiting' AND r.state <> CASE s.role {_TURN} END),
  count(*) FILTER (WHERE s.state = 'signed'),
  min(r.frozen_at) FILTER (WHERE s.state = 'waiting'),
  coalesce(min(r.shown -> 'subjects' -> s.subject ->> 'name'), '')
FROM transcripts_slot s JOIN transcripts_year_record r ON r.school_id = s.school_id AND r.id = s.record_id
WHERE s.school_id = :school AND r.state = ANY(:states)
  AND (CAST(:me AS uuid) IS NULL OR s.person_id IS NULL OR s.person_id = CAST(:me AS uuid))
GROUP BY s.role, s.subject, r.year_id, r.class_id
HAVING count(*) FILTER (WHERE s.state = 'waiting') > 0 OR min(r.frozen_at) > :recent
ORDER BY min(r.grade), min(r.class_name), s.role, s.subject
"""  # noqa: S608  (names of roles and states)
_MEMBERS = f"""
SELECT s.id, r.id, r.learner_id, p.full_name, s.state, r.state = CASE s.role {_TURN} END, r.shown, r.sha256,
  r.version, s.signed_by, s.signed_at
FROM transcripts_slot s JOIN transcripts_year_record r ON r.school_id = s.school_id AND r.id = s.record_id
JOIN core_person p ON p.school_id = r.school_id AND p.id = r.learner_id
WHERE s.school_id = :school AND r.state = ANY(:states) AND s.role = :role AND s.subject = :subject
  AND r.year_id = :year AND r.class_id = :class AND (s.person_id IS NULL OR s.person_id = CAST(:me AS uuid))
ORDER BY p.sort_key, p.id
"""  # noqa: S608
_RECENT = timedelta(days=60)
"""What is all signed stays on the page for so long."""
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class GroupKey:
    """Which places go together."""

    role: Role
    year_id: UUID
    class_id: UUID
    subject: str = ""

    @property
    def place(self) -> Place:
        return Place(self.role, self.subject)


@dataclass(frozen=True, slots=True)
class Group:
    """How far the places of a group are."""

    key: GroupKey
    class_name: str
    grade: int
    ready: int
    """Can be signed now."""
    later: int
    """Wait for somebody who signs before."""
    signed: int
    frozen_at: datetime | None
    due_on: date | None
    """The last day of signing; None when nothing waits."""
    subject_name: str = ""
    """As it stands in the records."""

    @property
    def total(self) -> int:
        return self.ready + self.later + self.signed


@dataclass(frozen=True, slots=True)
class Member:
    """One pupil of a group as the signer sees them."""

    slot_id: UUID
    record_id: UUID
    learner_id: UUID
    full_name: str
    state: str
    ready: bool
    shown: Mapping[str, Any] = field(repr=False)
    sha256: str
    version: int
    signed_by: str
    signed_at: datetime | None


def groups(ctx: Context, *, mine: bool = True) -> list[Group]:
    """The groups of records that are being signed, or were lately; by class and role.

    Args:
        mine: only those in which the actor may sign today. Otherwise all, for who has asked already.
    """
    wanted = {
        "school": ctx.school_id, "states": [*IN_WORK, *IN_FORCE], "recent": ctx.now() - _RECENT,
        "me": (ctx.actor.person_id or _NOBODY) if mine else None,
    }  # fmt: skip
    by_year: dict[UUID, Entitled] = {}
    limits = {role: days(ctx, role) for role in TURN}
    found = []
    for row in query(ctx, _GROUPS, wanted):
        role, subject, year_id, class_id, name, grade, ready, later, signed, frozen_at, subject_name = row
        key = GroupKey(Role(role), year_id, class_id, subject)
        if mine:
            known = by_year.get(year_id) or by_year.setdefault(year_id, entitled(ctx, year_id))
            if not may_sign(ctx, known, class_id, key.place):
                continue
        due = local_date(frozen_at) + timedelta(days=limits[key.role]) if frozen_at else None
        found.append(Group(key, name, grade, ready, later, signed, frozen_at, due, subject_name))
    return found


def require_group(ctx: Context, key: GroupKey) -> None:
    """Let pass who may sign the places of a group today.

    Raises:
        NotFound: otherwise.
    """
    if not may_sign(ctx, entitled(ctx, key.year_id), key.class_id, key.place):
        raise NotFound


def members(ctx: Context, key: GroupKey) -> list[Member]:
    """The pupils of a group by given name, as they are signed.

    Raises:
        NotFound: not the actor's to sign.
    """
    require_group(ctx, key)
    return [*_members(ctx, key)]


def _members(ctx: Context, key: GroupKey) -> Iterator[Member]:
    wanted = {
        "school": ctx.school_id, "states": [*IN_WORK, *IN_FORCE], "role": key.role, "subject": key.subject,
        "year": key.year_id, "class": key.class_id, "me": ctx.actor.person_id or _NOBODY,
    }  # fmt: skip
    for row in query(ctx, _MEMBERS, wanted):
        yield Member(*row)
