"""Checking a batch: the records are streamed, each row is checked and kept as it would be written, in portions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, text

from core.sdk import Context, Progress, fold
from core.sdk.data import refresh_statistics
from core.sdk.errors import NotFound

from ..models import Batch, Line
from ..rules.checks import Lists, check
from ..rules.shapes import Kind, Shape, kind_of
from ..sources import SOURCES, Scope, SourceRow, size_of
from .shapes import lists, shape_by_code

CHECK = "sector.check"
_ROWS = """jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(number bigint, key text, learner_id uuid, class_id uuid,
  full_name text, search_text text, class_name text, part text, "values" jsonb, digest text, findings jsonb)"""
# What the sector has taken and what waits for its answer is not sent again; who was left out stays left out.
_KEEP = text(f"""
INSERT INTO sector_row (school_id, batch_id, number, key, row_id, learner_id, class_id, full_name, search_text,
  class_name, part, values, digest, findings, known, version, sector_code, message, state)
SELECT :school, :batch, r.number, r.key, md5(concat_ws(' ', :school, :kind, :year, :term, r.key))::uuid, r.learner_id,
  r.class_id, r.full_name, r.search_text, r.class_name, r.part, r.values, r.digest, r.findings,
  coalesce(k.digest, '') <> '', coalesce(k.version, 0) + 1, '', '',
  CASE WHEN NOT :everything AND k.state = 'accepted' AND k.digest = r.digest THEN 'same'
    WHEN NOT :everything AND k.state = 'sent' AND k.sent_digest = r.digest THEN 'waiting'
    WHEN r.key = ANY(CAST(:left_out AS text[])) THEN 'left_out'
    WHEN r.findings <> '[]'::jsonb THEN 'error' ELSE 'ready' END
FROM {_ROWS}
LEFT JOIN sector_known k ON k.school_id = :school AND k.kind = :kind AND k.year_id = :year AND k.term = :term
  AND k.key = r.key""")  # noqa: S608
_DOUBLES = text("""
UPDATE sector_row r SET findings = r.findings || jsonb_build_array(jsonb_build_array('E_DOUBLE', CAST(:field AS text))),
  state = CASE WHEN r.state = 'ready' THEN 'error' ELSE r.state END
FROM (SELECT values ->> :field AS value FROM sector_row
  WHERE school_id = :school AND batch_id = :batch AND coalesce(values ->> :field, '') <> ''
  GROUP BY 1 HAVING count(*) > 1) d
WHERE r.school_id = :school AND r.batch_id = :batch AND r.values ->> :field = d.value""")


def get_batch(ctx: Context, batch_id: UUID, *, lock: bool = False) -> Batch:
    """A batch of this school. Raises `NotFound`."""
    query = select(Batch).where(Batch.school_id == ctx.school_id, Batch.id == batch_id)
    found = ctx.session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def check_batch(ctx: Context, batch_id: UUID, progress: Progress | None = None) -> None:
    """Read the records of a batch and keep its rows; a run that was cut off has kept nothing and is repeated."""
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state != "checking":
        return
    kind = kind_of(batch.kind)
    shape = shape_by_code(ctx, batch.kind, batch.shape)
    scope = Scope(batch.year_id, batch.term, batch.grade, batch.class_id)
    left_out = _forget(ctx, batch_id)
    total = size_of(ctx, batch.kind, scope) if progress else 0
    given: dict[str, Any] = {
        "school": ctx.school_id, "batch": batch_id, "kind": batch.kind, "year": batch.year_id, "term": batch.term,
        "everything": batch.everything, "left_out": left_out,
    }  # fmt: skip
    known, done = lists(), 0
    for portion in SOURCES[batch.kind](ctx, scope):
        ctx.session.execute(_KEEP, {**given, "rows": _encoded(portion, done, kind, shape, known)})
        done += len(portion)
        if progress:
            progress(done, max(done, total))
    refresh_statistics(ctx, "sector_row", rows=done)
    for field in kind.fields.values():
        if field.unique and field.name in shape.fields:
            ctx.session.execute(_DOUBLES, {"school": ctx.school_id, "batch": batch_id, "field": field.name})
    batch.counts = count_rows(ctx, batch_id)
    batch.state = "checked"
    ctx.session.flush()


def _forget(ctx: Context, batch_id: UUID) -> list[str]:
    """Take the rows of an earlier check away; returns which records were left out."""
    mine = Line.school_id == ctx.school_id, Line.batch_id == batch_id
    left_out = list(ctx.session.scalars(select(Line.key).where(*mine, Line.state == "left_out")))
    ctx.session.execute(delete(Line).where(*mine))
    return left_out


def _encoded(portion: Iterable[SourceRow], start: int, kind: Kind, shape: Shape, known: Lists) -> str:
    rows = []
    for number, row in enumerate(portion, start + 1):
        found = check(kind, shape, row.value, known)
        rows.append(
            {
                "number": number,
                "key": row.key,
                "learner_id": row.learner_id,
                "class_id": row.class_id,
                "full_name": row.full_name,
                "search_text": fold(row.full_name),
                "class_name": row.class_name,
                "part": row.part,
                "values": {name: text for name, text in found.values.items() if text},
                "digest": found.digest,
                "findings": found.findings,
            }
        )
    return msgspec.json.encode(rows).decode()


def count_rows(ctx: Context, batch_id: UUID) -> dict[str, Any]:
    """Rows of a batch by state."""
    query = (
        select(Line.state, func.count())
        .where(Line.school_id == ctx.school_id, Line.batch_id == batch_id)
        .group_by(Line.state)
    )
    return {row[0]: row[1] for row in ctx.session.execute(query)}
