"""What the API takes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

_TEXT = validate.Length(max=1000)


class MarkCellBody(Schema):
    """One cell: the value to write and the value that the caller saw; empty is "not entered"."""

    learner_id = fields.UUID(required=True)
    slot = fields.String(required=True, validate=validate.Length(max=31))
    value = fields.String(required=True, validate=_TEXT)
    seen = fields.String(required=True, validate=_TEXT)


class MarkCellsBody(Schema):
    """A block of cells of one book."""

    cells = fields.List(fields.Nested(MarkCellBody), required=True, validate=validate.Length(min=1, max=5000))
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class MarkReasonBody(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=500))


class MarkDecisionBody(Schema):
    """The answer to a request."""

    approved = fields.Boolean(required=True)
    answer = fields.String(load_default="", validate=validate.Length(max=500))


class MarkTermQuery(Schema):
    """Which term; 0 is the one that runs."""

    term = fields.Integer(load_default=0, validate=validate.OneOf([0, 1, 2]))


class MarkPublishBody(Schema):
    """Which classes in which term families see, or see no more."""

    class_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=200))
    term = fields.Integer(required=True, validate=validate.OneOf([1, 2]))
    visible = fields.Boolean(required=True)


class MarksBroughtCell(Schema):
    """A mark of another school; `subject` is empty for the class's own book, slot `tb` the result of the term."""

    subject = fields.String(required=True, validate=validate.Length(max=60))
    slot = fields.String(required=True, validate=validate.Length(min=1, max=31))
    value = fields.String(required=True, validate=_TEXT)


class MarksBroughtBody(Schema):
    """What a pupil brings along for a term, and the paper that it stands on."""

    from_school = fields.String(load_default="", validate=validate.Length(max=300))
    document = fields.String(load_default="", validate=validate.Length(max=300))
    cells = fields.List(fields.Nested(MarksBroughtCell), required=True, validate=validate.Length(max=500))
