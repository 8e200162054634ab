"""The API of the record beside the list, of the roll of a class and of the steps of a pupil."""

# mypy: disable-error-code="untyped-decorator"
# (flask-smorest ships no types)

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields, validate

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list

from . import sensitive
from .rules.fields import BY_NAME, FIELDS
from .rules.moves import ENTERING, LEAVING
from .services import movements, profiles, quality, rolls
from .services.learners import READ, get_learner
from .services.movements import Papers

record = ApiBlueprint("api-learners-record", __name__, url_prefix="/learners", description="Record of a pupil")
rolls_api = ApiBlueprint("api-learners-rolls", __name__, url_prefix="/classes", description="Rolls of classes")


class ProfileAnswer(TypedDict):
    """Further fields of the dictionary; null is not known. Sensitive ones that stay closed are named in `withheld`."""

    values: dict[str, Any]
    withheld: list[str]
    checked: str
    checked_is_stale: bool


class QualityAnswer(TypedDict):
    """The records of a class: points of 100, and how many pupils break each rule."""

    class_id: UUID | None
    name: str
    pupils: int
    points: int
    counts: dict[str, int]


class ProfileBody(Schema):
    """Fields to change; what is not named stays, null empties."""

    values = fields.Dict(
        keys=fields.String(validate=validate.OneOf(list(BY_NAME))),
        values=fields.Raw(allow_none=True, metadata={"type": ["string", "boolean", "integer"]}),
        required=True,
    )


class RollQuery(Schema):
    """On which day."""

    on = fields.Date(load_default=None)


class StepBody(Schema):
    """A step of a pupil: coming, leaving, changing the class."""

    kind = fields.String(required=True, validate=validate.OneOf((*ENTERING, *LEAVING, "move")))
    on = fields.Date(required=True)
    class_id = fields.UUID(load_default=None)
    reason = fields.String(load_default="", validate=validate.Length(max=40))
    other_school = fields.String(load_default="", validate=validate.Length(max=200))
    document = fields.String(load_default="", validate=validate.Length(max=200))
    note = fields.String(load_default="", validate=validate.Length(max=500))


@record.route("/<uuid:learner_id>/profile")
@record.answers(200, ProfileAnswer)
@api("learners.learner.read")
def get_profile(ctx: Context, learner_id: UUID) -> Response:
    """Further fields of a pupil; a parent reads only their own children."""
    return _profile(ctx, learner_id)


def _profile(ctx: Context, learner_id: UUID, purpose: str | None = None) -> Response:
    held = profiles.profile_of(ctx, learner_id)
    _value, closed = sensitive.shown(ctx, learner_id, {}, purpose=purpose)
    open_ = {one.name: held[one.name] for one in FIELDS if one.data_class not in closed}
    checked = profiles.verification_of(ctx, learner_id)
    body: ProfileAnswer = {
        "values": open_, "withheld": [one.name for one in FIELDS if one.name not in open_], "checked": checked.state,
        "checked_is_stale": checked.stale,
    }  # fmt: skip
    return json_answer(body)


@record.route("/<uuid:learner_id>/profile", methods=["PATCH"])
@record.arguments(ProfileBody)
@record.answers(200, ProfileAnswer)
@api("learners.learner.edit")
def patch_profile(ctx: Context, body: dict[str, Any], learner_id: UUID) -> Response:
    """Change further fields of a pupil."""
    profiles.update_profile(ctx, learner_id, body["values"])
    return _profile(ctx, learner_id, purpose="record")


@record.route("/<uuid:learner_id>/enrolments")
@record.answers(200, rolls.EnrolmentLine, listed=True)
@api("learners.learner.read")
def list_enrolments(ctx: Context, learner_id: UUID) -> Response:
    """The classes of a pupil with their days, the earliest first."""
    get_learner(ctx, learner_id)
    return json_list(rolls.enrolments_of(ctx, learner_id))


@record.route("/<uuid:learner_id>/steps")
@record.answers(200, movements.MovementLine, listed=True)
@api("learners.learner.read")
def list_steps(ctx: Context, learner_id: UUID) -> Response:
    """Coming, leaving, changes of the class and promotion of a pupil, the latest first."""
    get_learner(ctx, learner_id)
    return json_list(movements.movements_of(ctx, learner_id))


@record.route("/<uuid:learner_id>/steps", methods=["POST"])
@record.arguments(StepBody)
@record.answers(201, Created)
@api("learners.movement.edit")
def add_step(ctx: Context, body: dict[str, Any], learner_id: UUID) -> Response:
    """Enter a step of a pupil."""
    papers = Papers(body["reason"], body["other_school"], body["document"], None, body["note"])
    kind, on, class_id = body["kind"], body["on"], body["class_id"]
    return json_answer(Created(_enter(ctx, learner_id, kind, on, class_id, papers)), 201)


def _enter(ctx: Context, learner_id: UUID, kind: str, on: date, class_id: UUID | None, papers: Papers) -> UUID:
    if kind in LEAVING or class_id is None:
        return movements.leave(ctx, learner_id, kind, on, papers)
    if kind == "move":
        return movements.change_class(ctx, learner_id, class_id, on, papers)
    return movements.enter(ctx, learner_id, kind, class_id, on, papers)


@record.route("/<uuid:learner_id>/steps/<uuid:step_id>", methods=["DELETE"])
@record.answers(204)
@api("learners.movement.edit")
def delete_step(ctx: Context, learner_id: UUID, step_id: UUID) -> tuple[str, int]:
    """Take the last step of a pupil back."""
    movements.take_back(ctx, step_id)
    return "", 204


@rolls_api.route("/<uuid:class_id>/learners")
@rolls_api.arguments(RollQuery, location="query")
@rolls_api.answers(200, rolls.ClassMember, listed=True)
@api("learners.learner.read")
def class_roll(ctx: Context, query: dict[str, Any], class_id: UUID) -> Response:
    """The pupils of a class on a day; without one, those who have not left it."""
    ctx.require(READ)
    rolls.class_of(ctx, class_id)
    return json_list(rolls.class_list(ctx, class_id, query["on"]))


@rolls_api.route("/quality")
@rolls_api.answers(200, QualityAnswer, listed=True)
@api("learners.learner.edit")
def class_quality(ctx: Context) -> Response:
    """How good the records of each class are."""
    lines: list[QualityAnswer] = [
        {"class_id": line.id, "name": line.name, "pupils": line.pupils, "points": line.points, "counts": line.counts}
        for line in quality.summary(ctx)
    ]
    return json_list(lines)


BLUEPRINTS = [record, rolls_api]
