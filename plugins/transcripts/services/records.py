"""Versions of records: found, locked and moved from state to state, each move with who, when and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.sdk import Context
from core.sdk.data import new_id, query
from core.sdk.files import open as open_file

from ..rules.slots import Place, Role
from ..rules.states import Event, Record, State

_VERSIONS = """
SELECT r.id, r.transcript_id, r.learner_id, p.full_name, r.year_id, r.class_id, r.class_name, r.grade, r.version,
  r.state, r.file_id, r.sha256, r.sealed_file_id, r.sealed_sha256, r.replaces_id, r.shown
FROM transcripts_year_record r JOIN core_person p ON p.school_id = r.school_id AND p.id = r.learner_id
WHERE r.school_id = :school AND r.id = ANY(:ids) ORDER BY r.id
"""
_SLOTS = """
SELECT s.record_id, s.id, s.role, s.subject, s.state, s.person_id, s.signature
FROM transcripts_slot s WHERE s.school_id = :school AND s.record_id = ANY(:ids) ORDER BY s.id
"""
_STATES = text("""
UPDATE transcripts_year_record r SET state = m.after,
  ended_at = CASE WHEN m.after IN ('reopened', 'revoked', 'replaced') THEN :now ELSE r.ended_at END,
  reason = CASE WHEN m.after IN ('reopened', 'revoked') THEN m.reason ELSE r.reason END,
  decision = CASE WHEN m.after = 'revoked' THEN m.decision ELSE r.decision END
FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(record_id uuid, after text, reason text, decision text)
WHERE r.school_id = :school AND r.id = m.record_id
""")
_MOVES = text("""
INSERT INTO transcripts_move (id, school_id, record_id, at, event, before, after, actor_id, actor_name, reason,
  decision, dropped)
SELECT m.id, :school, m.record_id, :now, m.event, m.before, m.after, :actor, :name, m.reason, m.decision, m.dropped
FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(id uuid, record_id uuid, event text, before text, after text,
  reason text, decision text, dropped int)
""")


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A place with the signature that stands there."""

    id: UUID
    place: Place
    state: str
    person_id: UUID | None
    signature: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one year, with its places."""

    id: UUID
    transcript_id: UUID
    learner_id: UUID
    full_name: str
    year_id: UUID
    class_id: UUID
    class_name: str
    grade: int
    version: int
    state: State
    file_id: UUID
    sha256: str
    sealed_file_id: UUID | None
    sealed_sha256: str
    replaces_id: UUID | None
    shown: Mapping[str, object] = field(repr=False)
    slots: tuple[SlotLine, ...] = ()

    @property
    def record(self) -> Record:
        """What the rules know of it."""
        signed = frozenset(slot.place for slot in self.slots if slot.state == "signed")
        return Record(frozenset(slot.place for slot in self.slots), signed, self.state)

    @property
    def signatures(self) -> dict[Place, bytes]:
        """The signature elements that stand in it, by their places."""
        return {slot.place: slot.signature for slot in self.slots if slot.signature is not None}


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of one version."""

    record_id: UUID
    event: Event
    before: State
    after: State
    reason: str = ""
    decision: str = ""
    dropped: int = 0


def versions(ctx: Context, ids: Collection[UUID], *, lock: bool = False) -> list[Version]:
    """Versions by their ids, in that order; the caller has asked who asks.

    Args:
        lock: until the end of the transaction nobody else moves them. Always in the order of ids, so that two who
            lock many wait for each other and never in a circle.
    """
    wanted = {"school": ctx.school_id, "ids": list(ids)}
    slots: dict[UUID, list[SlotLine]] = {}
    heads = query(ctx, f"{_VERSIONS} FOR UPDATE OF r" if lock else _VERSIONS, wanted)
    for record_id, id, role, subject, state, person_id, signature in query(ctx, _SLOTS, wanted):
        place = Place(Role(role), subject)
        slots.setdefault(record_id, []).append(SlotLine(id, place, state, person_id, _bytes(signature)))
    found: list[Version] = []
    for row in heads:
        columns: list[Any] = [*row[:9], State(row[9]), *row[10:], tuple(slots.get(row[0], ()))]
        found.append(Version(*columns))
    return found


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)


def keep_moves(ctx: Context, moves: Iterable[Moved]) -> None:
    """Write the moves and the states they lead to, in two statements for however many."""
    rows = [
        {
            "id": new_id(), "record_id": move.record_id, "event": move.event, "before": move.before,
            "after": move.after, "reason": move.reason, "decision": move.decision, "dropped": move.dropped,
        }
        for move in moves
    ]  # fmt: skip
    if not rows:
        return
    values = {"school": ctx.school_id, "now": ctx.now(), "moves": msgspec.json.encode(rows).decode()}
    # A record that makes two moves at once (sealed, then more) ends where the last one leads.
    last = {row["record_id"]: row for row in rows}
    ends = msgspec.json.encode([*last.values()]).decode()
    ctx.session.execute(_STATES, {**values, "moves": ends})
    ctx.session.execute(_MOVES, {**values, "actor": ctx.actor.account_id, "name": ctx.actor.name})


def frozen_bytes(ctx: Context, version: Version) -> bytes:
    """The file as it was frozen, without signatures."""
    with open_file(ctx, version.file_id) as stream:
        return stream.read()
