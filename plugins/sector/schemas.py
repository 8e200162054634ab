"""Bodies and queries of the API."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from core.sdk.web import PageQuery

from .models import ROW_STATES
from .rules.shapes import KINDS


class SectorBatchBody(Schema):
    """A batch to be made: of a class, a grade, or without both the whole school."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    term = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 4))
    grade = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 12))
    class_id = fields.UUID(load_default=None, allow_none=True)
    everything = fields.Boolean(load_default=False, metadata={"description": "also what the sector knows already"})


class SectorRowQuery(PageQuery):
    """Which rows of a batch."""

    state = fields.String(load_default="", validate=validate.OneOf(("", *ROW_STATES)))


class SectorLeaveBody(Schema):
    """Rows that are left out: those that are named, or all that cannot be sent."""

    rows = fields.List(fields.Integer(strict=True, validate=validate.Range(1, 10_000_000)),
                       load_default=None, allow_none=True, validate=validate.Length(max=5000))  # fmt: skip
    back = fields.Boolean(load_default=False, metadata={"description": "take in again what was left out"})


class SectorHandBody(Schema):
    """That a file was handed over."""

    note = fields.String(load_default="", validate=validate.Length(max=200))


class SectorAnswerFile(Schema):
    """The sector's answer as a file (multipart)."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class SectorRefusalQuery(Schema):
    """Which records are to be mended."""

    kind = fields.String(load_default="", validate=validate.OneOf(("", *KINDS)))
