"""Opening exception cases: the same trouble opens one case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from core.data.context import Context
from core.data.direct import direct, records
from core.data.types import new_id

_OPEN = text(
    """
INSERT INTO core_exception_case
  (id, school_id, kind, subject, state, channel_id, evidence_id, inbox_id, attempt_id, person_id, amount, facts,
   opened_at, reason)
VALUES (:id, :school, :kind, :subject, 'open', :channel, :evidence, :inbox, :attempt, :person, :amount,
:facts, :now, '')
ON CONFLICT (school_id, kind, subject) DO NOTHING RETURNING id
"""
).bindparams(bindparam("facts", type_=JSONB))


def open_case(
    ctx: Context,
    kind: str,
    subject: str,
    *,
    amount: int = 0,
    facts: Mapping[str, Any] | None = None,
    channel_id: UUID | None = None,
    evidence_id: UUID | None = None,
    inbox_id: UUID | None = None,
    attempt_id: UUID | None = None,
    person_id: UUID | None = None,
) -> UUID | None:
    """Put something on the accountant's list; returns None when it is (or was) there already."""
    found: UUID | None = ctx.session.execute(
        _OPEN,
        {
            "id": new_id(),
            "school": ctx.school_id,
            "kind": kind,
            "subject": subject,
            "channel": channel_id,
            "evidence": evidence_id,
            "inbox": inbox_id,
            "attempt": attempt_id,
            "person": person_id,
            "amount": amount,
            "facts": dict(facts or {}),
            "now": ctx.now(),
        },
    ).scalar_one_or_none()
    return found


class Opening(msgspec.Struct, frozen=True):
    """A case to open together with many others. See `open_case`."""

    kind: str
    subject: str
    amount: int
    facts: Mapping[str, Any] = msgspec.field(default_factory=dict)
    channel_id: UUID | None = None
    evidence_id: UUID | None = None
    attempt_id: UUID | None = None
    person_id: UUID | None = None


_OPEN_MANY = """
INSERT INTO core_exception_case
  (id, school_id, kind, subject, state, channel_id, evidence_id, attempt_id, person_id, amount, facts, opened_at,
   reason)
SELECT uuidv7(), %(school)s, kind, subject, 'open', channel_id, evidence_id, attempt_id, person_id, amount,
       facts, %(now)s, ''
  FROM json_to_recordset(%(cases)s::json)
       AS c(kind text, subject text, channel_id uuid, evidence_id uuid, attempt_id uuid, person_id uuid, amount bigint,
            facts jsonb)
ON CONFLICT (school_id, kind, subject) DO NOTHING RETURNING subject, id
"""


def open_cases(ctx: Context, cases: Sequence[Opening]) -> dict[str, UUID]:
    """Put many things on the accountant's list with one statement; the ids of those that are new, by subject."""
    if not cases:
        return {}
    values = {"school": ctx.school_id, "now": ctx.now(), "cases": records(msgspec.structs.asdict(c) for c in cases)}
    rows = direct(ctx, _OPEN_MANY, values).fetchall()
    return {str(subject): made for subject, made in rows}
