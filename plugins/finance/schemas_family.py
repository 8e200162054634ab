"""Bodies of the API for families: links for other payers, claims, notices."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class PayerShareBody(Schema):
    """What somebody else shall pay, and whom the receipt names as far as that is known."""

    bill_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 20))
    name = fields.String(load_default="", validate=validate.Length(max=200))
    tax_code = fields.String(load_default="", validate=validate.Length(max=14))
    address = fields.String(load_default="", validate=validate.Length(max=200))


class ClaimBody(Schema):
    """What the payer says of a transfer; never evidence."""

    amount = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10**10))
    paid_on = fields.Date(required=True)
    number = fields.String(load_default="", validate=validate.Length(max=80))
    bank = fields.String(load_default="", validate=validate.Length(max=80))
    note = fields.String(load_default="", validate=validate.Length(max=80))


class NoticesBody(Schema):
    """Which notices: of a class, or of all with an empty name."""

    class_name = fields.String(required=True, validate=validate.Length(max=40))
    by_family = fields.Boolean(load_default=False)
