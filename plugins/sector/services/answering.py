"""Reading the sector's answer to a batch: matched row by row, codes kept, refused rows to the desk."""

from __future__ import annotations

import hashlib
from typing import Any, cast
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from core.sdk import Context, fold
from core.sdk.audit import record
from core.sdk.data import new_id, query
from core.sdk.errors import Conflict, Invalid
from core.sdk.events import emit
from core.sdk.files import store
from core.sdk.text import _
from plugins.learners import public as learners

from ..access import READ, SEND
from ..events import ANSWERED
from ..links import LINKS
from ..models import AnswerFile, Batch
from ..port import Answer, AnswerRow, Outcome
from . import matching
from .checking import count_rows, get_batch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIMIT = 64 * 1024 * 1024
_PORTION = 5_000
MOST_PROBLEMS = 200


def read_answer(ctx: Context, batch_id: UUID, file_name: str, content: bytes) -> UUID:
    """Read an answer and keep what it says. The same file again changes nothing, and neither does the same content.

    Returns:
        the id of the answer; the earlier one for a file that was read before.

    Raises:
        Invalid: it is no answer, or not one to this batch. Conflict: the batch was not handed over.
    """
    ctx.require(SEND)
    batch = get_batch(ctx, batch_id, lock=True)
    if batch.state not in ("handed", "answered"):
        raise Conflict(_("Say first that the file was handed over; then its answer can be read."))
    sha256 = hashlib.sha256(content).hexdigest()
    known = select(AnswerFile.id).where(
        AnswerFile.school_id == ctx.school_id, AnswerFile.batch_id == batch_id, AnswerFile.sha256 == sha256
    )
    earlier = ctx.session.scalar(known)
    if earlier is not None:
        return earlier
    answer = LINKS[batch.link].read(content)
    summary = _apply(ctx, batch, answer)
    kept = store(ctx, content, name=file_name, media_type=XLSX, purpose="sector.answer", limit=_LIMIT)
    row = AnswerFile(
        id=new_id(), school_id=ctx.school_id, batch_id=batch_id, file_id=kept.id, sha256=sha256,
        file_name=kept.name, summary=summary, read_by=ctx.actor.name,
    )  # fmt: skip
    ctx.session.add(row)
    _close(ctx, batch)
    ctx.session.flush()
    told = {name: summary[name] for name in ("accepted", "refused")}
    record(ctx, ANSWERED, target=("sector_batch", batch_id), detail=told)
    emit(ctx, ANSWERED, {"batch_id": str(batch_id), "kind": batch.kind, "outcome": batch.outcome, **told})
    return row.id


def _apply(ctx: Context, batch: Batch, answer: Answer) -> dict[str, Any]:
    mine = {"school": ctx.school_id, "batch": batch.id}
    for statement in (matching.DROP, matching.STAGE):
        ctx.session.execute(text(statement))
    if answer.rows:
        for start in range(0, len(answer.rows), _PORTION):
            rows = [_staged(row) for row in answer.rows[start : start + _PORTION]]
            ctx.session.execute(text(matching.FILL), {"rows": msgspec.json.encode(rows).decode()})
        for statement in matching.MATCH:
            ctx.session.execute(text(statement), mine)
    else:
        ctx.session.execute(text(matching.REFUSE_ALL), {**mine, "message": answer.message[:500]})
    codes, taken = _keep_codes(ctx, batch)
    counts = query(ctx, matching.COUNTS, {})[0]
    if not counts[0] and not counts[1]:
        raise Invalid(_("No row of this file says clearly what became of a row of this batch. Nothing was changed."))
    problems = [{"line": line, "why": why} for line, why in query(ctx, matching.PROBLEMS, {"most": MOST_PROBLEMS})]
    ctx.session.execute(text(matching.APPLY), mine)
    values = {"kind": batch.kind, "year": batch.year_id, "term": batch.term, "now": ctx.now()}
    ctx.session.execute(text(matching.LEARN), {**mine, **values})
    return {
        "accepted": counts[0], "refused": counts[1], "unclear": counts[2], "codes": codes, "codes_taken": len(taken),
        "unread": list(answer.unread[:50]), "problems": problems,
    }  # fmt: skip


def _staged(row: AnswerRow) -> dict[str, Any]:
    return {
        "line": row.line, "row_id": row.row_id, "number": row.number or None, "personal_id": row.personal_id,
        "code": row.pupil_code, "name": fold(row.full_name), "sector_code": row.sector_code[:30],
        "accepted": row.accepted, "message": row.message[:500],
    }  # fmt: skip


def _keep_codes(ctx: Context, batch: Batch) -> tuple[int, frozenset[UUID]]:
    """The sector's codes become identifiers of the pupils; one that another pupil has is left to a person."""
    rows = query(ctx, matching.CODES, {"school": ctx.school_id, "batch": batch.id})
    if not rows:
        return 0, frozenset()
    given = {cast("UUID", learner): str(code) for learner, code in rows}
    added, taken = learners.take_sector_codes(ctx, given, f"CSDL, {batch.number}")
    if taken:
        ctx.session.execute(text(matching.CODE_TAKEN), {
            "school": ctx.school_id, "batch": batch.id, "taken": list(taken),
        })  # fmt: skip
    return added, taken


def _close(ctx: Context, batch: Batch) -> None:
    """The outcome of the batch from its rows: those without an answer count as not taken."""
    counts = count_rows(ctx, batch.id)
    accepted, other = counts.get("accepted", 0), counts.get("refused", 0) + counts.get("in_file", 0)
    outcome: Outcome = "PARTIAL" if accepted and other else "SUCCESS" if accepted else "FAILED"
    batch.counts, batch.state, batch.outcome = counts, "answered", outcome


def answers(ctx: Context, batch_id: UUID) -> list[AnswerFile]:
    """The answers to a batch, the latest first."""
    ctx.require(READ)
    query_ = select(AnswerFile).where(AnswerFile.school_id == ctx.school_id, AnswerFile.batch_id == batch_id)
    return list(ctx.session.scalars(query_.order_by(AnswerFile.created_at.desc(), AnswerFile.id.desc())))
