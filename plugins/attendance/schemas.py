"""Bodies and queries of the API."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from .models import KINDS


class RegisterMarkBody(Schema):
    """A pupil who was not simply there."""

    learner_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    minutes = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 300))


class RegisterBody(Schema):
    """A whole register: who is not named was present."""

    marks = fields.List(fields.Nested(RegisterMarkBody), required=True, validate=validate.Length(max=500))


class RegisterQuery(Schema):
    """Which part of the session."""

    period = fields.Integer(
        load_default=0, validate=validate.Range(0, 10), metadata={"description": "0 is the whole session"}
    )


class AbsenceQuery(Schema):
    """Which totals."""

    class_id = fields.UUID(data_key="class", load_default=None)
    learner_id = fields.UUID(data_key="learner", load_default=None)
    term = fields.Integer(load_default=None, validate=validate.Range(1, 4))


class LeaveQuery(Schema):
    """Which requests."""

    waiting = fields.Boolean(load_default=True, metadata={"description": "only those nobody has decided"})


class LeaveBody(Schema):
    """A report of a family."""

    learner_id = fields.UUID(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    session = fields.Integer(load_default=0, strict=True, validate=validate.OneOf((0, 1, 2)))
    reason = fields.String(required=True, validate=validate.Length(3, 500))


class LeaveDecisionBody(Schema):
    """Accept or decline."""

    accept = fields.Boolean(required=True)
    answer = fields.String(load_default="", validate=validate.Length(max=500))


class FormerTermBody(Schema):
    """Absences of a term at the former school, in units of this school's counting basis."""

    term = fields.Integer(required=True, strict=True, validate=validate.Range(1, 4))
    excused = fields.Integer(required=True, strict=True, validate=validate.Range(0, 400))
    unexcused = fields.Integer(required=True, strict=True, validate=validate.Range(0, 400))


class FormerBody(Schema):
    """What a paper of the former school says; terms that are not named stay as they are."""

    terms = fields.List(fields.Nested(FormerTermBody), load_default=list, validate=validate.Length(max=4))
    taken_back = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 4)),
        load_default=list,
        validate=validate.Length(max=4),
        metadata={"description": "terms whose entry is taken back"},
    )
    from_school = fields.String(load_default="", validate=validate.Length(max=300))
    document = fields.String(load_default="", validate=validate.Length(max=300))
