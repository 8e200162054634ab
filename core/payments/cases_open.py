"""Opening exception cases: the same trouble opens one case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from core.data.context import Context
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
