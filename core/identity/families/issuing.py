"""The office's side of family codes: making them for children, printing them again, seeing who joined, withdrawing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.identity.crockford import new_code
from core.identity.settings import CODE_DAYS
from core.settings.keys import keys
from core.settings.services import read
from core.types.errors import NotFound

LENGTH = 10
"""Nine signs of 5 bits and the check character: 45 bits, asked for together with a second knowledge."""
PERMISSION = "core.families.invite"
_OPEN = "withdrawn_at IS NULL AND expires_at > :now"
# Children of this school with somebody who may join and has not, and without a code that is open.
_WITHOUT = text(
    "SELECT DISTINCT r.related_id FROM core_relation r JOIN core_person g ON g.id = r.person_id AND NOT g.deceased"  # noqa: S608
    " WHERE r.school_id = :school AND r.related_id = ANY(CAST(:children AS uuid[])) AND r.may_access"
    " AND NOT EXISTS (SELECT FROM core_account_person p WHERE p.school_id = :school AND p.person_id = r.person_id)"
    " AND NOT EXISTS (SELECT FROM core_family_code c WHERE c.school_id = :school AND c.child_id = r.related_id"
    f" AND {_OPEN})"
)
# Two who press the button at once wait for each other: the second finds the codes of the first.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('core_family_code:' || CAST(:school AS text), 0))")
_ADD = text(
    "INSERT INTO core_family_code (id, school_id, child_id, code_hash, code, made_at, made_by, expires_at, failures)"
    " VALUES (:id, :school, :child, :hash, :sealed, :now, :by, :until, 0)"
)
_FAMILIES = text(
    "SELECT child.id, c.id, c.code, c.expires_at, c.withdrawn_at,"
    " (SELECT count(*) FROM core_relation r JOIN core_person g ON g.id = r.person_id AND NOT g.deceased"
    "  WHERE r.school_id = :school AND r.related_id = child.id AND r.may_access) AS guardians,"
    " (SELECT count(DISTINCT r.person_id) FROM core_relation r JOIN core_account_person p"
    "  ON p.school_id = :school AND p.person_id = r.person_id"
    "  WHERE r.school_id = :school AND r.related_id = child.id AND r.may_access) AS joined"
    " FROM unnest(CAST(:children AS uuid[])) AS child(id)"
    " LEFT JOIN LATERAL (SELECT * FROM core_family_code f WHERE f.school_id = :school AND f.child_id = child.id"
    "  ORDER BY f.made_at DESC, f.id DESC LIMIT 1) c ON true"
)
_WITHDRAW = text(
    "UPDATE core_family_code SET withdrawn_at = :now WHERE school_id = :school AND withdrawn_at IS NULL"
    " AND child_id = ANY(CAST(:children AS uuid[])) AND expires_at > :now RETURNING child_id"
)
_Found = tuple[UUID, UUID | None, str | None, datetime | None, datetime | None, int, int]


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """How a child's family stands."""

    child_id: UUID
    code_id: UUID | None
    code: str
    """The open code, to be printed; empty where none is open."""
    expires_at: datetime | None
    locked: bool
    """Whether the last code was withdrawn, by the office or after wrong answers."""
    guardians: int
    """Who may join."""
    joined: int
    """Who has an account."""


def families(ctx: Context, children: Sequence[UUID]) -> dict[UUID, FamilyRow]:
    """How the families of some children stand, by child.

    Raises:
        Forbidden: without `core.families.invite`.
    """
    ctx.require(PERMISSION)
    rows = ctx.session.execute(_FAMILIES, {"school": ctx.school_id, "children": list(children)})
    return {row[0]: _row(ctx, tuple(row)) for row in rows}


def issue(ctx: Context, children: Sequence[UUID]) -> int:
    """Make codes for those children whose families can still join and have no open code.

    Returns:
        how many were made.
    """
    ctx.require(PERMISSION)
    now = ctx.now()
    until = now + timedelta(days=max(int(read(ctx, CODE_DAYS)), 1))
    values = {"school": ctx.school_id, "children": list(children), "now": now}
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    rows = []
    for child in ctx.session.execute(_WITHOUT, values).scalars():
        code_id, code = new_id(), new_code(LENGTH)
        rows.append(
            {
                "id": code_id,
                "school": ctx.school_id,
                "child": child,
                "hash": digests(code)[0],
                "sealed": keys().seal(code, _place(code_id)),
                "now": now,
                "by": ctx.actor.account_id,
                "until": until,
            }
        )
    if rows:
        ctx.session.execute(_ADD, rows)
        detail = {"count": len(rows), "until": until}
        audit.record(ctx, "identity.family_codes_made", target=("school", ctx.school_id), detail=detail)
    return len(rows)


def withdraw(ctx: Context, children: Sequence[UUID]) -> int:
    """End the open codes of some children; who has joined stays.

    Raises:
        NotFound: when none of them has an open code.
    """
    ctx.require(PERMISSION)
    values = {"school": ctx.school_id, "children": list(children), "now": ctx.now()}
    gone = ctx.session.execute(_WITHDRAW, values).scalars().all()
    if not gone:
        raise NotFound
    for child in gone:
        audit.record(ctx, "identity.family_code_withdrawn", target=("person", child))
    return len(gone)


def digests(code: str) -> list[bytes]:
    """What a code is looked up by, with each key of the installation, newest first."""
    return [hmac.new(key, code.encode(), hashlib.sha256).digest() for key in keys().derive("family-code")]


def _row(ctx: Context, row: _Found) -> FamilyRow:
    child, code_id, sealed, until, withdrawn, guardians, joined = row
    is_open = until is not None and until > ctx.now() and withdrawn is None
    code = keys().unseal(sealed, _place(code_id)) if is_open and sealed and code_id else ""
    return FamilyRow(child, code_id, code, until if is_open else None, withdrawn is not None, guardians, joined)


def _place(code_id: UUID) -> str:
    return f"family-code:{code_id}"
