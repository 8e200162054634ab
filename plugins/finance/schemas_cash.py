"""Bodies of the API of the cash desk (marshmallow). Money is whole dong."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from .rules.notes import NOTES
from .services.cash import Share

_MORE = validate.Range(1, 10**12)


class DrawerBody(Schema):
    """A drawer to take in hand."""

    number = fields.Integer(required=True, strict=True, validate=validate.Range(1, 99))
    opening_float = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10**9))


class ShareBody(Schema):
    """What is taken for one child."""

    person_id = fields.UUID(required=True)
    amount = fields.Integer(required=True, strict=True, validate=_MORE)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> Share:
        return Share(**data)


class TakingBody(Schema):
    """A family's cash; `key` is made by the caller and sent again with a repetition."""

    shares = fields.List(fields.Nested(ShareBody), required=True, validate=validate.Length(1, 12))
    tendered = fields.Integer(required=True, strict=True, validate=_MORE)
    key = fields.UUID(required=True)
    note = fields.String(load_default="", validate=validate.Length(max=200))


class CountBody(Schema):
    """How many notes of each worth are in the drawer."""

    counts = fields.Dict(
        keys=fields.Integer(validate=validate.OneOf(NOTES)),
        values=fields.Integer(strict=True, validate=validate.Range(0, 999_999)),
        required=True,
    )
    reason = fields.String(load_default="", validate=validate.Length(max=300))


class ReturnBody(Schema):
    """Cash to give back, by its receipt."""

    receipt_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class DepositBody(Schema):
    """Cash that was handed to the bank."""

    amount = fields.Integer(required=True, strict=True, validate=_MORE)
    slip = fields.String(required=True, validate=validate.Length(1, 60))
    bank = fields.String(load_default="", validate=validate.Length(max=80))
