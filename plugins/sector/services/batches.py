"""Batches: made, looked at, rows left out, handed over, discarded."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, text, update

from core.sdk import Context, fold
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.school import current_year, terms
from core.sdk.text import Message, _
from core.sdk.work import enqueue
from plugins.learners import public as learners

from ..access import READ, SEND
from ..events import HANDED
from ..models import Batch, Line
from ..rules.shapes import KINDS, kind_of
from ..sources import Scope, size_of
from .checking import CHECK, check_batch, count_rows, get_batch
from .shapes import shape_in

INLINE_ROWS = 2_000
"""A larger batch is checked and written in the background, with progress."""
_ONE = _("Choose one of the values.")
_HAND_OVER = text("""
INSERT INTO sector_known (school_id, kind, year_id, term, key, learner_id, class_id, state, digest, sent_digest,
  version, batch_id, number, message, at)
SELECT r.school_id, :kind, :year, :term, r.key, r.learner_id, r.class_id, 'sent', '', r.digest, r.version, r.batch_id,
  r.number, '', :now
FROM sector_row r WHERE r.school_id = :school AND r.batch_id = :batch AND r.state = 'in_file'
ON CONFLICT (school_id, kind, year_id, term, key) DO UPDATE SET state = 'sent', sent_digest = excluded.sent_digest,
  version = excluded.version, batch_id = excluded.batch_id, number = excluded.number, message = '', at = excluded.at,
  class_id = excluded.class_id
WHERE sector_known.version < excluded.version""")


def make_batch(
    ctx: Context,
    kind: str,
    *,
    term: int = 0,
    grade: int | None = None,
    class_id: UUID | None = None,
    everything: bool = False,
) -> UUID:
    """Begin a batch of the current school year and check its rows: at once, or in the background for a large one.

    Args:
        term: for kinds of a term; `grade` or `class_id` limit it, without them it is the whole school.
        everything: also what the sector knows already.

    Raises:
        Invalid: with the field. NotFound: no such class of the current year.
    """
    ctx.require(SEND)
    year = current_year(ctx)
    problems = _problems(ctx, kind, year.id, term, grade)
    if problems:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    if class_id is not None and learners.class_of(ctx, class_id).year_id != year.id:
        raise NotFound
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
                        {"key": f"sector batch {ctx.school_id}"})  # fmt: skip
    last = select(func.coalesce(func.max(Batch.number), 0)).where(Batch.school_id == ctx.school_id)
    batch = Batch(
        id=new_id(), school_id=ctx.school_id, number=(ctx.session.scalar(last) or 0) + 1, kind=kind, year_id=year.id,
        term=term if kind_of(kind).by_term else 0, grade=None if class_id else grade, class_id=class_id,
        everything=everything, shape=shape_in(ctx, kind, year.name).code, state="checking", counts={},
        made_by=ctx.actor.name,
    )  # fmt: skip
    ctx.session.add(batch)
    ctx.session.flush()
    record(ctx, "sector.batch.made", target=("sector_batch", batch.id), detail={"kind": kind})
    _start_check(ctx, batch)
    return batch.id


def _problems(ctx: Context, kind: str, year_id: UUID, term: int, grade: int | None) -> dict[str, Message]:
    problems: dict[str, Message] = {}
    if kind not in KINDS:
        return {"kind": _ONE}
    held = {one.number for one in terms(ctx, year_id)} or {1, 2}
    if kind_of(kind).by_term and term not in held:
        problems["term"] = _("Choose the term.")
    if grade is not None and not 0 <= grade <= 12:
        problems["grade"] = _ONE
    return problems


def _start_check(ctx: Context, batch: Batch) -> None:
    if size_of(ctx, batch.kind, scope_of(batch)) > INLINE_ROWS:
        batch.job_id = enqueue(ctx, CHECK, {"batch_id": str(batch.id)}, key=str(batch.id))
        ctx.session.flush()
    else:
        check_batch(ctx, batch.id)


def scope_of(batch: Batch) -> Scope:
    """Of what period and whom a batch is."""
    return Scope(batch.year_id, batch.term, batch.grade, batch.class_id)


def check_again(ctx: Context, batch_id: UUID) -> None:
    """Read the records again, after some were mended; who was left out stays so. A written file is thrown away.

    Raises:
        Conflict: it was handed over already.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state not in ("checked", "written"):
        raise _too_late()
    batch.state, batch.file_id, batch.sha256 = "checking", None, ""
    batch.shape = shape_in(ctx, batch.kind, _year_name(ctx, batch)).code
    _start_check(ctx, batch)


def _year_name(ctx: Context, batch: Batch) -> str:
    year = current_year(ctx)
    if year.id != batch.year_id:
        raise Conflict(_("The school year of this batch is over. Make a new one."))
    return year.name


def leave_out(ctx: Context, batch_id: UUID, numbers: Collection[int] | None, *, back: bool = False) -> int:
    """Leave rows out of a batch, or take them in again; returns how many changed.

    Args:
        numbers: of the rows; None for all that cannot be sent (with `back`: all that were left out).

    Raises:
        Conflict: the file is written already.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state != "checked":
        raise _too_late()
    change = update(Line).where(Line.school_id == ctx.school_id, Line.batch_id == batch_id)
    if back:
        # Back to what the check said; the next check says it again.
        change = change.where(Line.state == "left_out")
        change = change.values(state=text("CASE WHEN findings <> '[]'::jsonb THEN 'error' ELSE 'ready' END"))
    else:
        change = change.where(Line.state.in_(("ready", "error") if numbers is not None else ("error",)))
        change = change.values(state="left_out")
    if numbers is not None:
        change = change.where(Line.number.in_(list(numbers)))
    changed: int = ctx.session.execute(change).rowcount  # type: ignore[attr-defined]
    batch.counts = count_rows(ctx, batch_id)
    if changed:
        record(ctx, "sector.batch.row_left_out", target=("sector_batch", batch_id), detail={"rows": changed})
    return changed


def hand_over(ctx: Context, batch_id: UUID, note: str = "") -> None:
    """Say that the file was handed over to the sector's database, by hand: who and when is kept.

    From then on its rows are known to be there, waiting for the answer.

    Raises:
        Conflict: no file is written, or it was handed over already.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state != "written":
        raise Conflict(_("There is no file that waits to be handed over."))
    values = {
        "school": ctx.school_id, "batch": batch_id, "kind": batch.kind, "year": batch.year_id, "term": batch.term,
        "now": ctx.now(),
    }  # fmt: skip
    ctx.session.execute(_HAND_OVER, values)
    batch.state, batch.handed_at, batch.handed_by = "handed", ctx.now(), ctx.actor.name
    batch.handed_note = " ".join(note.split())[:200]
    rows = int(batch.counts.get("in_file", 0))
    record(ctx, HANDED, target=("sector_batch", batch_id), detail={"rows": rows})
    emit(ctx, HANDED, {"batch_id": str(batch_id), "kind": batch.kind, "rows": rows})


def discard(ctx: Context, batch_id: UUID) -> None:
    """Throw away a batch that was not handed over.

    Raises:
        Conflict: it was handed over.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state not in ("checking", "checked", "written"):
        raise _too_late()
    batch.state, batch.file_id = "discarded", None
    rows = text("DELETE FROM sector_row WHERE school_id = :school AND batch_id = :batch")
    ctx.session.execute(rows, {"school": ctx.school_id, "batch": batch_id})
    record(ctx, "sector.batch.discarded", target=("sector_batch", batch_id), detail={"kind": batch.kind})


def _too_late() -> Conflict:
    return Conflict(_("This step is no longer possible: the batch has gone on."))


def batches(ctx: Context, *, limit: int = 30) -> list[Batch]:
    """The latest batches."""
    ctx.require(READ)
    query = select(Batch).where(Batch.school_id == ctx.school_id, Batch.state != "discarded")
    return list(ctx.session.scalars(query.order_by(Batch.number.desc()).limit(limit)))


def lines(
    ctx: Context, batch_id: UUID, *, state: str = "", words: str = "", after: int = 0, limit: int = 50
) -> list[Line]:
    """Rows of a batch in their order.

    Args:
        words: of the name, also without accents. after: number of the last row before.
    """
    ctx.require(READ)
    query = select(Line).where(Line.school_id == ctx.school_id, Line.batch_id == batch_id, Line.number > after)
    if state:
        query = query.where(Line.state == state)
    for word in fold(words).split():
        query = query.where(Line.search_text.contains(word, autoescape=True))
    return list(ctx.session.scalars(query.order_by(Line.number).limit(limit)))
