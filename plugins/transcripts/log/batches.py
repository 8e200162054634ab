"""Batches: what was finished, revoked or replaced since the last one gets its place in the log, all schools at once.

Runs over all schools under one lock: the order of the log is the order of its batches.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.sdk import Context

from .entry import SALT_BYTES, Act, Entry
from .growing import completed
from .keeper import make_signer
from .models import LogCheckpoint
from .note import Checkpoint, sign
from .store import Stored, newest
from .tree import Tree

MOST = 100_000
"""Entries of one batch."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('transcripts.log', 0))")
_WAITING = text("""
SELECT w.school_id, w.act, w.record, w.before, w.decision, w.at FROM (
  SELECT y.school_id, CASE WHEN y.replaces_sha256 = '' THEN 'issue' ELSE 'replace' END AS act,
    y.sealed_sha256 AS record, y.replaces_sha256 AS before,
    CASE WHEN y.replaces_sha256 = '' THEN '' ELSE y.decision END AS decision, y.sealed_at AS at, y.version, 0 AS after
  FROM transcripts_year_record y
  WHERE y.sealed_sha256 <> '' AND NOT EXISTS (
    SELECT FROM transcripts_log_entry e
    WHERE e.school_id = y.school_id AND e.record = y.sealed_sha256 AND e.act <> 'revoke')
  UNION ALL
  SELECT y.school_id, 'revoke', y.sealed_sha256, '', y.decision, coalesce(y.ended_at, y.sealed_at), y.version, 1
  FROM transcripts_year_record y
  WHERE y.sealed_sha256 <> '' AND y.state = 'revoked' AND NOT EXISTS (
    SELECT FROM transcripts_log_entry e
    WHERE e.school_id = y.school_id AND e.record = y.sealed_sha256 AND e.act = 'revoke')
) w ORDER BY w.at, w.version, w.after, w.record LIMIT :most
""")
# Thousands of rows as one value: the driver writes arrays many times as slowly.
_ENTRIES = text("""
INSERT INTO transcripts_log_entry (school_id, position, act, record, before, decision, at, salt)
SELECT school_id, position, act, record, before, decision, at, decode(salt, 'hex')
FROM json_to_recordset(CAST(:rows AS json)) AS e(school_id uuid, position bigint, act text, record text, before text,
  decision text, at timestamptz, salt text)
""")
_NODES = text("""
INSERT INTO transcripts_log_node (level, number, hash)
SELECT :level, :start + n, substring(hashes FROM n * 32 + 1 FOR 32)
FROM (SELECT CAST(:hashes AS bytea) AS hashes) given, generate_series(0, CAST(:last AS int)) n
""")


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry of a school on its way into the log."""

    school_id: UUID
    entry: Entry


def batch(ctx: Context, most: int = MOST) -> Checkpoint | None:
    """Give everything that waits its place, and sign the new checkpoint; None if nothing waited.

    Args:
        ctx: over all schools.
    """
    ctx.session.execute(_LOCK)
    placed = [_placed(*row) for row in ctx.session.execute(_WAITING, {"most": most})]
    if not placed:
        return None
    signer, last = make_signer(ctx), newest(ctx)
    first = last.size if last else 0
    _add_entries(ctx, first, placed)
    size = first + len(placed)
    leaves, stored = [one.entry.leaf for one in placed], Stored(ctx)
    _add_nodes(ctx, 0, first, leaves)
    for level, start, hashes in completed(first, leaves, stored):
        _add_nodes(ctx, level, start, hashes)
    said = Checkpoint(signer.name, size, Tree(size, stored).root())
    note = sign(said.text, signer.name, signer.key)
    ctx.session.add(LogCheckpoint(size=size, root=said.root, note=note, at=ctx.now()))
    ctx.session.flush()
    return said


def _placed(school_id: UUID, act: str, record: str, before: str, decision: str, at: datetime) -> Placed:
    entry = Entry(Act(act), record, at.replace(microsecond=0), secrets.token_bytes(SALT_BYTES), before, decision)
    return Placed(school_id, entry)


def _add_entries(ctx: Context, first: int, placed: Sequence[Placed]) -> None:
    rows = [
        {
            "school_id": one.school_id,
            "position": position,
            "act": one.entry.act,
            "record": one.entry.record,
            "before": one.entry.before,
            "decision": one.entry.decision,
            "at": one.entry.at,
            "salt": one.entry.salt.hex(),
        }
        for position, one in enumerate(placed, first)
    ]
    ctx.session.execute(_ENTRIES, {"rows": msgspec.json.encode(rows).decode()})


def _add_nodes(ctx: Context, level: int, start: int, hashes: Sequence[bytes]) -> None:
    values = {"level": level, "start": start, "hashes": b"".join(hashes), "last": len(hashes) - 1}
    ctx.session.execute(_NODES, values)
