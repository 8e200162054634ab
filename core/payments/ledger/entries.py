"""Posting: the only way that money moves. All entries of a step go to the database in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text

from core.data.context import Context
from core.data.direct import direct
from core.data.types import new_id
from core.types.errors import NotFound

from .periods import open_period


@dataclass(frozen=True, slots=True)
class Line:
    """One posting. `amount` is whole dong, debit positive, never zero."""

    account: str
    amount: int
    person_id: UUID | None = None
    charge_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One balanced movement. `source` is unique in the school: posting the same source again does nothing."""

    source: str
    kind: str
    occurred_at: datetime
    lines: tuple[Line, ...]
    memo: str = ""
    evidence_id: UUID | None = None
    reverses_id: UUID | None = None
    id: UUID = field(default_factory=new_id)

    def __post_init__(self) -> None:
        if sum(line.amount for line in self.lines) != 0:
            raise ValueError(f"entry {self.source} does not sum to zero")


_GIVEN = """
  SELECT * FROM unnest(%(ids)s::uuid[], %(sources)s::text[], %(kinds)s::text[],
                       %(moments)s::timestamptz[], %(memos)s::text[],
                       %(evidence)s::uuid[], %(reverses)s::uuid[])
         AS g(id, source, kind, occurred_at, memo, evidence_id, reverses_id)
"""
_GIVEN_LINES = """
  SELECT * FROM unnest(%(entries)s::uuid[], %(accounts)s::text[], %(people)s::uuid[],
                       %(charges)s::uuid[], %(amounts)s::bigint[])
         AS l(entry_id, account, person_id, charge_id, amount)
"""
# Entries and postings of what is given, those that are known already left out: `booked` are the new ones.
_WRITE = """
booked AS (
  INSERT INTO core_journal_entry
    (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo, evidence_id, reverses_id)
  SELECT g.id, %(school)s, g.source, g.kind, p.id, g.occurred_at, %(now)s, %(actor)s::jsonb, g.memo, g.evidence_id,
         g.reverses_id
    FROM given g, core_accounting_period p WHERE p.school_id = %(school)s AND p.state = 'open'
  ON CONFLICT (school_id, source) DO NOTHING
  RETURNING id),
line AS (
  INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
  SELECT %(school)s, l.entry_id, l.account, l.person_id, l.charge_id, l.amount
    FROM given_line l JOIN booked ON booked.id = l.entry_id)
"""
_TOLD = """
SELECT (SELECT array_agg(id) FROM booked) AS posted,
       (SELECT array_agg(e.source) FROM core_journal_entry e JOIN given g USING (source)
         WHERE e.school_id = %(school)s) AS known
"""
_POST = f"WITH given AS ({_GIVEN}), given_line AS ({_GIVEN_LINES}), {_WRITE} {_TOLD}"


def actor_json(ctx: Context) -> dict[str, str | None]:
    """Who books, as the journal keeps it."""
    account = ctx.actor.account_id
    return {"kind": ctx.actor.kind, "name": ctx.actor.name, "account": str(account) if account else None}


def post(ctx: Context, *entries: Entry) -> frozenset[UUID]:
    """Book entries in the open period; returns the ids of those that are new.

    An entry whose source is already booked is left out, so that a step may be repeated after any crash.

    Raises:
        sqlalchemy.exc.IntegrityError: if a person's balance or receivable would fall below zero.
    """
    if not entries:
        return frozenset()
    pairs = [(entry.id, line) for entry in entries for line in entry.lines]
    values = {
        "school": ctx.school_id,
        "now": ctx.now(),
        "actor": Jsonb(actor_json(ctx)),
        "ids": [e.id for e in entries],
        "sources": [e.source for e in entries],
        "kinds": [e.kind for e in entries],
        "moments": [e.occurred_at for e in entries],
        "memos": [e.memo for e in entries],
        "evidence": [e.evidence_id for e in entries],
        "reverses": [e.reverses_id for e in entries],
        "entries": [entry_id for entry_id, _ in pairs],
        "accounts": [line.account for _, line in pairs],
        "people": [line.person_id for _, line in pairs],
        "charges": [line.charge_id for _, line in pairs],
        "amounts": [line.amount for _, line in pairs],
    }
    return _posted(ctx, _POST, values, entries)


def _posted(ctx: Context, statement: str, values: dict[str, object], entries: Sequence[Entry]) -> frozenset[UUID]:
    posted, known = _run(ctx, statement, values)
    if len(posted) + len(known) < len({e.source for e in entries}):
        open_period(ctx)  # the first booking of a school: there was no period yet
        posted, known = _run(ctx, statement, values)
    return posted


def _run(ctx: Context, statement: str, values: dict[str, object]) -> tuple[frozenset[UUID], frozenset[str]]:
    row = direct(ctx, statement, values).fetchone()
    posted, known = row or (None, None)
    return frozenset(posted or ()), frozenset(known or ())


_ENTRY = text(
    """
SELECT e.kind, e.memo, e.evidence_id, p.account, p.amount, p.person_id, p.charge_id
  FROM core_journal_entry e JOIN core_posting p ON p.entry_id = e.id
 WHERE e.school_id = :school AND e.id = :id ORDER BY p.id
"""
)


def reverse(ctx: Context, entry_id: UUID, *, source: str, memo: str) -> Entry:
    """The entry that takes another one back; the caller posts it. Books are never edited."""
    rows = ctx.session.execute(_ENTRY, {"school": ctx.school_id, "id": entry_id}).all()
    if not rows:
        raise NotFound()
    return Entry(
        source=source,
        kind=f"{rows[0].kind}.reversed",
        occurred_at=ctx.now(),
        lines=tuple(Line(row.account, -row.amount, row.person_id, row.charge_id) for row in rows),
        memo=memo,
        evidence_id=rows[0].evidence_id,
        reverses_id=entry_id,
    )
