"""Reading: how far the school has come, the records of a class, one record with its signatures and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.access import require_for
from core.sdk.data import query
from core.sdk.errors import NotFound
from core.sdk.files import open as open_file
from plugins.curriculum import public as curriculum

from ..access import READ
from ..models import YearRecord
from ..rules.slots import Place, Role
from ..rules.states import IN_FORCE, State
from .blocks import assembled
from .records import frozen_bytes, versions

_PROGRESS = """
SELECT r.class_id, min(r.class_name), min(r.grade), r.state, count(*)
FROM transcripts_year_record r
WHERE r.school_id = :school AND r.year_id = :year AND r.state <> ALL(:ended)
GROUP BY r.class_id, r.state
"""
_LINES = """
SELECT r.id, r.learner_id, p.full_name, y.name, r.class_name, r.version, r.state, r.frozen_at, r.sealed_at,
  count(s.id) FILTER (WHERE s.state = 'signed'), count(s.id), r.from_paper
FROM transcripts_year_record r JOIN core_person p ON p.school_id = r.school_id AND p.id = r.learner_id
JOIN core_school_year y ON y.school_id = r.school_id AND y.id = r.year_id
LEFT JOIN transcripts_slot s ON s.school_id = r.school_id AND s.record_id = r.id
WHERE r.school_id = :school AND (CAST(:class AS uuid) IS NULL OR r.class_id = CAST(:class AS uuid))
  AND (CAST(:learner AS uuid) IS NULL OR r.learner_id = CAST(:learner AS uuid))
GROUP BY r.id, p.full_name, p.sort_key, p.id, y.name, y.starts_on
ORDER BY y.starts_on DESC, p.sort_key, p.id, r.version DESC
"""
_SLOTS = """
SELECT s.role, s.subject, s.state, coalesce(p.full_name, ''), s.signed_by, s.signed_at, s.certificate_sha256
FROM transcripts_slot s LEFT JOIN core_person p ON p.school_id = s.school_id AND p.id = s.person_id
WHERE s.school_id = :school AND s.record_id = :record ORDER BY s.id
"""
_MOVES = """
SELECT m.at, m.event, m.before, m.after, m.actor_name, m.reason, m.decision, m.dropped
FROM transcripts_move m WHERE m.school_id = :school AND m.record_id = :record ORDER BY m.id DESC
"""
ENDED = [State.REOPENED, State.REVOKED, State.REPLACED]


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A version in a list."""

    id: UUID
    learner_id: UUID
    full_name: str
    year: str
    class_name: str
    version: int
    state: str
    frozen_at: datetime
    sealed_at: datetime | None
    signed: int
    places: int
    from_paper: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A place as it is shown."""

    place: Place
    state: str
    person: str
    signed_by: str
    signed_at: datetime | None
    certificate: str


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A move as it is shown."""

    at: datetime
    event: str
    before: str
    after: str
    actor: str
    reason: str
    decision: str
    dropped: int


@dataclass(frozen=True, slots=True)
class Full:
    """One version with everything around it."""

    line: RecordLine
    class_id: UUID
    grade: int
    sha256: str
    token: str
    reason: str
    decision: str
    shown: Mapping[str, Any] = field(repr=False)
    signatures: tuple[Signature, ...]
    moves: tuple[MoveLine, ...]
    others: tuple[RecordLine, ...]
    """Other versions of the same year, the newest first."""


def progress(ctx: Context, year_id: UUID) -> dict[UUID, dict[str, int]]:
    """How many records of each class of a year are in which state; ended versions are not counted.

    Raises:
        Forbidden.
    """
    ctx.require(READ)
    found: dict[UUID, dict[str, int]] = {}
    wanted = {"school": ctx.school_id, "year": year_id, "ended": ENDED}
    for class_id, _name, _grade, state, count in query(ctx, _PROGRESS, wanted):
        found.setdefault(class_id, {})[state] = count
    return found


def of_class(ctx: Context, class_id: UUID) -> list[RecordLine]:
    """The versions of a class by given name.

    Raises:
        NotFound, Forbidden: not a class that the actor may see.
    """
    curriculum.require_class(ctx, READ, class_id)
    return _lines(ctx, class_id=class_id)


def of_pupil(ctx: Context, learner_id: UUID) -> list[RecordLine]:
    """The versions of a pupil, the newest year first. Families see what is or was in force, and not what is being made.

    Raises:
        NotFound, Forbidden.
    """
    require_for(ctx, READ, learner_id)
    lines = _lines(ctx, learner_id=learner_id)
    if _only_family(ctx):
        return [one for one in lines if one.state in IN_FORCE or one.state in (State.REVOKED, State.REPLACED)]
    return lines


def full(ctx: Context, record_id: UUID) -> Full:
    """One version.

    Raises:
        NotFound: none, or not the actor's to see.
    """
    row = ctx.session.scalar(
        select(YearRecord).where(YearRecord.school_id == ctx.school_id, YearRecord.id == record_id)
    )
    if row is None:
        raise NotFound
    lines = of_pupil(ctx, row.learner_id)
    line = next((one for one in lines if one.id == record_id), None)
    if line is None:
        raise NotFound
    wanted = {"school": ctx.school_id, "record": record_id}
    same = {
        *ctx.session.scalars(
            select(YearRecord.id).where(
                YearRecord.school_id == ctx.school_id, YearRecord.transcript_id == row.transcript_id,
                YearRecord.year_id == row.year_id, YearRecord.id != record_id,
            )
        )
    }  # fmt: skip
    signatures = tuple(Signature(Place(Role(one[0]), one[1]), *one[2:]) for one in query(ctx, _SLOTS, wanted))
    moves = tuple(MoveLine(*one) for one in query(ctx, _MOVES, wanted))
    others = tuple(one for one in lines if one.id in same)
    digest = row.sealed_sha256 or row.sha256
    return Full(
        line, row.class_id, row.grade, digest, row.token, row.reason, row.decision, row.shown, signatures, moves, others
    )


def file_of(ctx: Context, record_id: UUID) -> bytes:
    """The file of a version with the signatures that are there.

    Raises:
        NotFound: none, or not the actor's to see.
    """
    full(ctx, record_id)
    (version,) = versions(ctx, [record_id])
    if version.sealed_file_id is not None:
        with open_file(ctx, version.sealed_file_id) as stream:
            return stream.read()
    return assembled(frozen_bytes(ctx, version), version.signatures)


def _only_family(ctx: Context) -> bool:
    staff = (READ, f"{READ}.{curriculum.HOMEROOM}")
    return ctx.actor.has(f"{READ}.own") and not any(ctx.actor.has(name) for name in staff)


def _lines(ctx: Context, *, class_id: UUID | None = None, learner_id: UUID | None = None) -> list[RecordLine]:
    wanted = {"school": ctx.school_id, "class": class_id, "learner": learner_id}
    return [RecordLine(*row) for row in query(ctx, _LINES, wanted)]
