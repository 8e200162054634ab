"""The log in the database: hashes by runs, checkpoints, and what proves a record's standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import RowMapping, select, text

from core.sdk import Context
from core.sdk.data import query
from core.sdk.errors import NotFound

from . import evidence, status
from .entry import Act, Entry, Standing, standing
from .evidence import Evidence, Proved
from .keeper import signer
from .models import LogCheckpoint, LogToken
from .tree import Tree

_RUN = """
SELECT hash FROM transcripts_log_node
WHERE level = :level AND number >= :start AND number < :start + :count ORDER BY number
"""
_CHAIN = text("""
WITH RECURSIVE chain(record) AS (
  SELECT CAST(:record AS text)
  UNION SELECT e.record FROM transcripts_log_entry e JOIN chain c ON e.before = c.record
  WHERE e.school_id = :school)
SELECT e.position, e.act, e.record, e.before, e.decision, e.at, e.salt
FROM transcripts_log_entry e JOIN chain c ON c.record = e.record WHERE e.school_id = :school ORDER BY e.position
""")
_STATE = text("""
SELECT state FROM transcripts_year_record WHERE school_id = :school AND sealed_sha256 = :record
""")
_ENDED = {"revoked": Act.REVOKE, "replaced": Act.REPLACE}


class Stored:
    """The hashes of the log as the database keeps them."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def run(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Hashes of a level; see `Hashes.run`."""
        if count <= 0:
            return []
        found = [bytes(row[0]) for row in query(self._ctx, _RUN, {"level": level, "start": start, "count": count})]
        if len(found) != count:
            raise LookupError(f"the log lacks hashes of level {level} from {start}")
        return found


def newest(ctx: Context) -> LogCheckpoint | None:
    """The newest checkpoint."""
    return ctx.session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)).first()


def tokens(ctx: Context, size: int) -> list[bytes]:
    """The timestamps of a checkpoint, the first one first."""
    rows = ctx.session.scalars(select(LogToken.token).where(LogToken.size == size).order_by(LogToken.number))
    return [bytes(row) for row in rows]


def evidence_of(ctx: Context, record: str) -> bytes:
    """The file that proves a record's standing as of now; see `evidence`. The caller has asked who asks.

    Raises:
        NotFound: the log does not know the record (yet).
    """
    rows = ctx.session.execute(_CHAIN, {"school": ctx.school_id, "record": record}).mappings().all()
    entries = [_entry(row) for row in rows]
    known, signs = standing(record, entries), signer(ctx)
    if known is None or signs is None:
        raise NotFound
    at = _checkpoint(ctx, beyond=rows[-1]["position"])
    tree = Tree(at.size, Stored(ctx))
    proved = tuple(
        Proved(entry.line, row["position"], tuple(tree.inclusion(row["position"])))
        for entry, row in zip(entries, rows, strict=True)
    )
    now = _present(ctx, record, known)
    said = status.Status(record, now.state, now.newest, at.size, ctx.now().replace(microsecond=0))
    word = status.signed(said, signs.name, signs.key)
    return evidence.written(Evidence(proved, bytes(at.note), tuple(tokens(ctx, at.size)), word))


def _checkpoint(ctx: Context, *, beyond: int) -> LogCheckpoint:
    """The first checkpoint over that place that has a timestamp, whose time is the earliest; else the newest one."""
    stamped = select(LogToken.size).where(LogToken.size > beyond).order_by(LogToken.size).limit(1)
    size = ctx.session.scalar(stamped)
    found = ctx.session.get(LogCheckpoint, size) if size is not None else newest(ctx)
    if found is None or found.size <= beyond:
        raise NotFound
    return found


def _present(ctx: Context, record: str, known: Standing) -> Standing:
    """What has happened since the last batch counts in the log's word, though it has no place in the tree yet."""
    state = ctx.session.scalar(_STATE, {"school": ctx.school_id, "record": record})
    ended = _ENDED.get(state or "")
    return replace(known, state=ended) if ended is not None and known.state is Act.ISSUE else known


def _entry(row: RowMapping) -> Entry:
    return Entry(Act(row["act"]), row["record"], row["at"], bytes(row["salt"]), row["before"], row["decision"])
