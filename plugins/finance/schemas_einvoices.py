"""Bodies of the API of e-invoices."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from core.sdk.web import SearchQuery

from .services.einvoices.reading import VIEWS


class EInvoiceQuery(SearchQuery):
    """Which invoices."""

    view = fields.String(load_default="", validate=validate.OneOf(("", *VIEWS)))


class BuyerBody(Schema):
    """Who buys: a guardian, or a company on their behalf."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    tax_code = fields.String(load_default="", validate=validate.Length(max=14))
    address = fields.String(load_default="", validate=validate.Length(max=200))
    email = fields.String(load_default="", validate=validate.Length(max=200))


class EInvoiceReason(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(1, 500))


class ReplacementBody(EInvoiceReason):
    """Another buyer for the same lines."""

    buyer = fields.Nested(BuyerBody, required=True)
