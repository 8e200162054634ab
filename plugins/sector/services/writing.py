"""Writing the file of a batch: streamed from the rows, kept as a document of the school with its hash."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO
from uuid import UUID

from sqlalchemy import func, select, text

from core.sdk import Context, Progress
from core.sdk.audit import record
from core.sdk.errors import Conflict, NotFound
from core.sdk.files import StoredFile, info, store
from core.sdk.school import school_of
from core.sdk.text import _
from core.sdk.work import enqueue

from ..access import SEND
from ..links import LINKS
from ..models import Batch, Line
from ..port import Head, OutRow
from ..rules.shapes import kind_of
from .batches import INLINE_ROWS
from .checking import count_rows, get_batch
from .shapes import shape_by_code, year_of

WRITE = "sector.write"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIMIT = 200 * 1024 * 1024
_MOST_ROWS = 1_000_000
"""A sheet of Excel has 1,048,576 rows."""
_NUMBER = text("""
UPDATE sector_row r SET state = 'in_file', file_number = n.place
FROM (SELECT number, row_number() OVER (ORDER BY number) AS place FROM sector_row
  WHERE school_id = :school AND batch_id = :batch AND state = 'ready') n
WHERE r.school_id = :school AND r.batch_id = :batch AND r.number = n.number""")


def ask_file(ctx: Context, batch_id: UUID) -> UUID | None:
    """Write the file of a checked batch: at once, or in the background for a large one, whose job is returned.

    Raises:
        Conflict: a row has errors and was not left out, nothing is to be sent, or the batch has gone on.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state != "checked":
        raise Conflict(_("This step is no longer possible: the batch has gone on."))
    if batch.counts.get("error"):
        raise Conflict(
            _("%(count)s rows cannot be sent. Mend them, or leave them out.", count=batch.counts["error"])
        )  # fmt: skip
    rows = batch.counts.get("ready", 0)
    if not rows:
        raise Conflict(_("There is nothing to send: the sector's database knows it all."))
    if rows > _MOST_ROWS:
        raise Conflict(_("A file holds at most a million rows. Make a batch for each grade."))
    batch.state = "writing"
    if rows > INLINE_ROWS:
        batch.job_id = enqueue(ctx, WRITE, {"batch_id": str(batch_id)}, key=str(batch_id))
        ctx.session.flush()
        return batch.job_id
    write_batch(ctx, batch_id)
    return None


def write_batch(ctx: Context, batch_id: UUID, progress: Progress | None = None) -> None:
    """Write and keep the file; a run that was cut off has kept nothing and is repeated."""
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state != "writing":
        return
    mine = {"school": ctx.school_id, "batch": batch_id}
    ctx.session.execute(_NUMBER, mine)
    counts = count_rows(ctx, batch_id)
    total = int(counts.get("in_file", 0))
    shape = shape_by_code(ctx, batch.kind, batch.shape)
    with tempfile.TemporaryFile() as target:
        rows = _rows(ctx, batch_id, total, progress)
        LINKS[batch.link].write(kind_of(batch.kind), shape, _head(ctx, batch), rows, target)
        kept = _keep(ctx, batch, target)
    batch.state, batch.counts, batch.file_id, batch.sha256 = "written", counts, kept.id, kept.sha256
    batch.written_at, batch.written_by = ctx.now(), ctx.actor.name
    ctx.session.flush()
    record(ctx, "sector.batch.written", target=("sector_batch", batch_id), detail={"rows": total})


def _keep(ctx: Context, batch: Batch, content: IO[bytes]) -> StoredFile:
    content.seek(0)
    name = f"csdl-{batch.kind}-{batch.number}.xlsx"
    return store(ctx, content, name=name, media_type=XLSX, purpose="sector.batch", limit=_LIMIT)  # type: ignore[arg-type]


def _head(ctx: Context, batch: Batch) -> Head:
    school = school_of(ctx)
    year = year_of(ctx, batch.year_id).name
    return Head(school.name, school.code, year, batch.term, batch.number, ctx.now())


def _rows(ctx: Context, batch_id: UUID, total: int, progress: Progress | None) -> Iterator[OutRow]:
    query = (
        select(Line.row_id, Line.known, Line.version, Line.values)
        .where(Line.school_id == ctx.school_id, Line.batch_id == batch_id, Line.state == "in_file")
        .order_by(Line.number)
    )
    options = {"stream_results": True, "yield_per": 2000}
    for done, row in enumerate(ctx.session.execute(query, execution_options=options), 1):
        yield OutRow(row.row_id, row.known, row.version, row[3])
        if progress and done % 2000 == 0:
            progress(done, total)


def file_of(ctx: Context, batch_id: UUID) -> tuple[Batch, StoredFile, list[UUID]]:
    """The file of a batch, and whose data are in it. The caller asks the door for exports.

    Raises:
        NotFound: it has no file.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id)
    if batch.file_id is None:
        raise NotFound
    persons = (
        select(Line.learner_id)
        .where(Line.school_id == ctx.school_id, Line.batch_id == batch_id, Line.file_number.is_not(None))
        .where(Line.learner_id.is_not(None))
        .group_by(Line.learner_id)
        .order_by(func.min(Line.number))
    )
    ids = [id for id in ctx.session.scalars(persons) if id is not None]
    return batch, info(ctx, batch.file_id), ids
