"""The API: /api/v1/learners, /api/v1/classes, /api/v1/imports."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.datastructures import FileStorage

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, Cursor, api, check_etag, etag_of, json_answer, json_list

from . import schemas, sensitive
from .answers import ChangeAnswer, ImportAnswer, LearnerAnswer, LearnerItem, ReasonAnswer, RowAnswer
from .services import classes as class_services
from .services import confirming, planning, plans, undoing
from .services import learners as services

learners = ApiBlueprint("api-learners", __name__, url_prefix="/learners", description="Pupils")
classes = ApiBlueprint("api-learners-classes", __name__, url_prefix="/classes", description="Classes of the year")
imports = ApiBlueprint("api-learners-imports", __name__, url_prefix="/imports", description="Lists of pupils")


@learners.route("")
@learners.arguments(schemas.LearnerQuery, location="query")
@learners.answers(200, LearnerItem, listed=True)
@api("learners.learner.read")
def list_learners(ctx: Context, query: dict[str, Any]) -> Response:
    """Pupils by given name."""
    cursor = Cursor("learners")
    limit = query["limit"]
    position = cursor.read(query["cursor"])
    lines = services.list_learners(
        ctx,
        query=query["q"],
        class_id=query["class_id"],
        grade=query["grade"],
        after=(position[0], UUID(position[1])) if position else None,
        limit=limit + 1,
    )
    following = cursor.write((lines[limit - 1].sort_key, lines[limit - 1].id)) if len(lines) > limit else None
    items: list[LearnerItem] = [
        {
            "id": line.id, "hovaten": line.full_name, "phanbiet": line.suffix, "mahocsinh": line.code,
            "ngaysinh": line.birth, "gioitinh": line.sex, "lop": line.class_name, "class_id": line.class_id,
        }
        for line in lines[:limit]
    ]  # fmt: skip
    return json_list(items, following)


def _answer(ctx: Context, found: services.LearnerRecord, status: int = 200, *, purpose: str | None = None) -> Response:
    value, closed = sensitive.shown(ctx, found.id, found.value, purpose=purpose)
    withheld = [name for name, of in sensitive.FIELDS.items() if of in closed]
    body = {"id": found.id, "version": found.version, **value, "withheld": withheld}
    return json_answer(body, status, etag=etag_of(found.id, found.version))


@learners.route("", methods=["POST"])
@learners.arguments(schemas.LearnerBody)
@learners.answers(201, LearnerAnswer, etag=True)
@api("learners.learner.edit")
def create_learner(ctx: Context, body: dict[str, Any]) -> Response:
    """Enter a pupil."""
    return _answer(ctx, services.get_learner(ctx, services.create_learner(ctx, body)), 201, purpose="record")


@learners.route("/<uuid:learner_id>")
@learners.arguments(schemas.PurposeQuery, location="query")
@learners.answers(200, LearnerAnswer, etag=True)
@api("learners.learner.read")
def get_learner(ctx: Context, query: dict[str, Any], learner_id: UUID) -> Response:
    """One pupil; a parent reads only their own children. Sensitive fields need a purpose, and the family reads it."""
    return _answer(ctx, services.get_learner(ctx, learner_id), purpose=query["purpose"])


@learners.route("/<uuid:learner_id>", methods=["PATCH"])
@learners.arguments(schemas.LearnerBody)
@learners.answers(200, LearnerAnswer, etag=True, if_match=True)
@api("learners.learner.edit")
def update_learner(ctx: Context, body: dict[str, Any], learner_id: UUID) -> Response:
    """Change values of a pupil; needs If-Match."""
    present = services.get_learner(ctx, learner_id)
    check_etag(etag_of(present.id, present.version))
    return _answer(ctx, services.update_learner(ctx, learner_id, body, version=present.version), purpose="record")


@classes.route("")
@classes.answers(200, class_services.ClassLine, listed=True)
@api("learners.learner.read")
def list_classes(ctx: Context) -> Response:
    """Classes of the current school year with their numbers of pupils."""
    return json_list(class_services.list_classes(ctx))


@classes.route("", methods=["POST"])
@classes.arguments(schemas.ClassBody)
@classes.answers(201, Created)
@api("learners.class.edit")
def create_class(ctx: Context, body: dict[str, Any]) -> Response:
    """Open a class."""
    return json_answer(Created(class_services.create_class(ctx, body["name"])), 201)


@imports.route("")
@imports.answers(200, plans.ImportLine, listed=True)
@api("learners.import.run")
def list_imports(ctx: Context) -> Response:
    """The latest imports."""
    return json_list(plans.imports(ctx))


@imports.route("", methods=["POST"])
@imports.arguments(schemas.ListFile, location="files")
@imports.answers(201, Created)
@api("learners.import.run")
def start_import(ctx: Context, files: dict[str, FileStorage]) -> Response:
    """Upload a list as `file` (multipart); gives the id of the plan."""
    upload = files["file"]
    return json_answer(Created(planning.start_import(ctx, upload.filename or "", upload.read())), 201)


@imports.route("/<uuid:import_id>")
@imports.answers(200, ImportAnswer)
@api("learners.import.run")
def get_import(ctx: Context, import_id: UUID) -> Response:
    """State, counts and layout of an import."""
    batch = planning.get_import(ctx, import_id)
    summary = {key: value for key, value in batch.summary.items() if key != "links"}
    body: ImportAnswer = {
        "id": batch.id, "state": batch.state, "file_name": batch.file_name, "summary": summary
    }  # fmt: skip
    return json_answer(body)


@imports.route("/<uuid:import_id>/rows")
@imports.arguments(schemas.RowQuery, location="query")
@imports.answers(200, RowAnswer, listed=True)
@api("learners.import.run")
def import_rows(ctx: Context, query: dict[str, Any], import_id: UUID) -> Response:
    """Rows of a plan."""
    cursor = Cursor("import-rows")
    limit = query["limit"]
    position = cursor.read(query["cursor"])
    rows = plans.plan_rows(
        ctx,
        import_id,
        query["kind"],
        query=query["q"],
        after=int(position[0]) if position else -1,
        limit=limit + 1,
    )
    following = cursor.write((rows[limit - 1].number,)) if len(rows) > limit else None
    return json_list((_row(row) for row in rows[:limit]), following)


def _row(row: plans.PlanRow) -> RowAnswer:
    reasons: list[ReasonAnswer] = [
        {
            "code": r.code, "place": r.place, "field": str(r.field), "message": str(r.message), "cell": r.cell,
            "proposal": r.proposal,
        }
        for r in row.reasons
    ]  # fmt: skip
    changed: list[ChangeAnswer] = [
        {"field": str(c.field), "before": c.before, "after": c.after} for c in row.changes
    ]  # fmt: skip
    return {
        "number": row.number, "place": row.place, "status": row.status, "action": row.action, "hovaten": row.full_name,
        "lop": row.class_name, "mahocsinh": row.code, "ngaysinh": row.birth, "reasons": reasons, "changes": changed,
    }  # fmt: skip


@imports.route("/<uuid:import_id>/confirm", methods=["POST"])
@imports.arguments(schemas.ConfirmBody)
@imports.answers(200, confirming.Result)
@api("learners.import.run")
def confirm_import(ctx: Context, body: dict[str, Any], import_id: UUID) -> Response:
    """Take over the plan; `classes` chooses among the proposed ones."""
    return json_answer(confirming.confirm_import(ctx, import_id, classes=body.get("classes")))


@imports.route("/<uuid:import_id>/undo", methods=["POST"])
@imports.answers(204)
@api("learners.import.run")
def undo_import(ctx: Context, import_id: UUID) -> tuple[str, int]:
    """Take back a confirmed import."""
    undoing.undo_import(ctx, import_id)
    return "", 204


BLUEPRINTS = [learners, classes, imports]
