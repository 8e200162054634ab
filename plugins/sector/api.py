"""The API: /api/v1/sector. Files leave through the pages, where the door for exports stands."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from flask import Response
from werkzeug.datastructures import FileStorage

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, Cursor, api, json_answer, json_list, paged

from . import schemas
from .models import Batch
from .services import answering, batches, desk, writing
from .services.checking import get_batch

sector = ApiBlueprint("api-sector", __name__, url_prefix="/sector", description="Sector database")


@dataclass(frozen=True, slots=True)
class SectorBatchAnswer:
    """A batch: `rows` by state; `sha256` of its file."""

    id: UUID
    number: int
    kind: str
    term: int
    state: str
    outcome: str
    rows: dict[str, int]
    sha256: str
    job_id: UUID | None
    made_by: str
    created_at: datetime
    handed_at: datetime | None
    handed_by: str


@dataclass(frozen=True, slots=True)
class SectorRowAnswer:
    """A row: what is wrong with it as pairs of code and field, and what the sector said of it."""

    number: int
    learner_id: UUID | None
    class_id: UUID | None
    full_name: str
    class_name: str
    part: str
    state: str
    findings: list[list[str]]
    sector_code: str
    message: str


class SectorChanged(TypedDict):
    """How many rows changed."""

    changed: int


def _batch(one: Batch) -> SectorBatchAnswer:
    return SectorBatchAnswer(
        one.id, one.number, one.kind, one.term, one.state, one.outcome, dict(one.counts), one.sha256, one.job_id,
        one.made_by, one.created_at, one.handed_at, one.handed_by,
    )  # fmt: skip


@sector.route("/batches")
@sector.answers(200, SectorBatchAnswer, listed=True)
@api("sector.batch.read")
def list_batches(ctx: Context) -> Response:
    """The latest batches."""
    return json_list(map(_batch, batches.batches(ctx)))


@sector.route("/batches", methods=["POST"])
@sector.arguments(schemas.SectorBatchBody)
@sector.answers(201, Created)
@api("sector.batch.send")
def make_batch(ctx: Context, body: dict[str, Any]) -> Response:
    """Make a batch and check its rows; a large one in the background."""
    kind = body.pop("kind")
    return json_answer(Created(batches.make_batch(ctx, kind, **body)), 201)


@sector.route("/batches/<uuid:batch_id>")
@sector.answers(200, SectorBatchAnswer)
@api("sector.batch.read")
def read_batch(ctx: Context, batch_id: UUID) -> Response:
    """State and counts of a batch."""
    return json_answer(_batch(get_batch(ctx, batch_id)))


@sector.route("/batches/<uuid:batch_id>/rows")
@sector.arguments(schemas.SectorRowQuery, location="query")
@sector.answers(200, SectorRowAnswer, listed=True)
@api("sector.batch.read")
def list_rows(ctx: Context, query: dict[str, Any], batch_id: UUID) -> Response:
    """Rows of a batch, without the values that would be sent."""
    get_batch(ctx, batch_id)
    cursor, limit = Cursor("sector-rows"), paged(query["limit"])
    position = cursor.read(query["cursor"])
    after = int(position[0]) if position else 0
    rows = batches.lines(ctx, batch_id, state=query["state"], after=after, limit=limit + 1)
    following = cursor.write([rows[limit - 1].number]) if len(rows) > limit else None
    return json_list(
        (
            SectorRowAnswer(
                one.number, one.learner_id, one.class_id, one.full_name, one.class_name, one.part, one.state,
                one.findings, one.sector_code, one.message,
            )
            for one in rows[:limit]
        ),
        following,
    )  # fmt: skip


@sector.route("/batches/<uuid:batch_id>/check", methods=["POST"])
@sector.answers(200, SectorBatchAnswer)
@api("sector.batch.send")
def check_again(ctx: Context, batch_id: UUID) -> Response:
    """Read the records again."""
    batches.check_again(ctx, batch_id)
    return json_answer(_batch(get_batch(ctx, batch_id)))


@sector.route("/batches/<uuid:batch_id>/left-out", methods=["POST"])
@sector.arguments(schemas.SectorLeaveBody)
@sector.answers(200, SectorChanged)
@api("sector.batch.send")
def leave_out(ctx: Context, body: dict[str, Any], batch_id: UUID) -> Response:
    """Leave rows out, or take them in again."""
    changed: SectorChanged = {"changed": batches.leave_out(ctx, batch_id, body["rows"], back=body["back"])}
    return json_answer(changed)


@sector.route("/batches/<uuid:batch_id>/file", methods=["POST"])
@sector.answers(200, SectorBatchAnswer)
@api("sector.batch.send")
def write_file(ctx: Context, batch_id: UUID) -> Response:
    """Write the file of a checked batch; a large one in the background."""
    writing.ask_file(ctx, batch_id)
    return json_answer(_batch(get_batch(ctx, batch_id)))


@sector.route("/batches/<uuid:batch_id>/handed-over", methods=["POST"])
@sector.arguments(schemas.SectorHandBody)
@sector.answers(200, SectorBatchAnswer)
@api("sector.batch.send")
def hand_over(ctx: Context, body: dict[str, Any], batch_id: UUID) -> Response:
    """Say that the file was handed over."""
    batches.hand_over(ctx, batch_id, body["note"])
    return json_answer(_batch(get_batch(ctx, batch_id)))


@sector.route("/batches/<uuid:batch_id>/answers", methods=["POST"])
@sector.arguments(schemas.SectorAnswerFile, location="files")
@sector.answers(201, Created)
@api("sector.batch.send")
def read_answer(ctx: Context, files: dict[str, FileStorage], batch_id: UUID) -> Response:
    """Read the sector's answer as `file` (multipart). The same file again gives the same id and changes nothing."""
    upload = files["file"]
    found = answering.read_answer(ctx, batch_id, upload.filename or "answer.xlsx", upload.read())
    return json_answer(Created(found), 201)


@sector.route("/refusals")
@sector.arguments(schemas.SectorRefusalQuery, location="query")
@sector.answers(200, desk.Refusal, listed=True)
@api("sector.batch.read")
def list_refusals(ctx: Context, query: dict[str, Any]) -> Response:
    """Records that the sector refused and has not taken since; at most 200."""
    return json_list(desk.refusals(ctx, kind=query["kind"], limit=200))


BLUEPRINTS = [sector]
