"""Bodies of the finance API (marshmallow). Money is whole dong."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import Schema, fields, post_load, validate

from core.sdk import _
from core.sdk.web import SearchQuery

from .rules.exemptions import GROUPS
from .rules.law import KINDS, UNITS
from .services.bills import PayState
from .services.exceptions import ExceptionInput
from .services.exemptions import ExemptionInput
from .services.items import ItemInput
from .services.prices import PriceInput

_AMOUNT = validate.Range(0, 10**12)


def _text(longest: int = 500, **options: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, longest), **options)


class ItemBody(Schema):
    """A fee item."""

    code = _text(31)
    label_vi = _text(200)
    label_en = _text(200)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    unit = fields.String(required=True, validate=validate.OneOf(UNITS))
    legal_basis = _text()
    account = fields.String(load_default="", validate=validate.Length(max=100))
    vat_label = fields.String(load_default="not_subject", validate=validate.Length(max=40))
    document = fields.String(load_default="receipt", validate=validate.OneOf(("receipt", "invoice")))
    position = fields.Integer(load_default=100, strict=True, validate=validate.Range(0, 10_000))
    active = fields.Boolean(load_default=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> ItemInput:
        return ItemInput(**data)


class CeilingBody(Schema):
    """The highest unit price from a day on."""

    maximum = fields.Integer(required=True, strict=True, validate=_AMOUNT)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    legal_basis = _text()


class RoundBody(Schema):
    """A collection round."""

    title = _text(200)
    period = fields.Date(required=True, metadata={"description": "any day of the month that is collected for"})
    due_on = fields.Date(required=True)


class NewRoundBody(RoundBody):
    """A collection round with what it collects."""

    item_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 100))
    copy_from = fields.UUID(load_default=None, allow_none=True)


class PriceBody(Schema):
    """A price of a class, else of a grade, else of the whole school."""

    item_id = fields.UUID(required=True)
    unit_price = fields.Integer(required=True, strict=True, validate=_AMOUNT)
    quantity = fields.Integer(load_default=1, strict=True, validate=validate.Range(0, 1000))
    class_id = fields.UUID(load_default=None, allow_none=True)
    grade = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 12))

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> PriceInput:
        return PriceInput(**data)


class PricesBody(Schema):
    """Prices to set; with `replace` the others go."""

    prices = fields.List(fields.Nested(PriceBody), required=True, validate=validate.Length(max=5000))
    replace = fields.Boolean(load_default=False)


class ExceptionBody(Schema):
    """Another quantity or another amount for one pupil."""

    person_id = fields.UUID(required=True)
    item_id = fields.UUID(required=True)
    reason = _text()
    quantity = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 1000))
    amount = fields.Integer(load_default=None, allow_none=True, validate=_AMOUNT)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> ExceptionInput:
        return ExceptionInput(**data)


class ExceptionsBody(Schema):
    """Exceptions to set."""

    exceptions = fields.List(fields.Nested(ExceptionBody), required=True, validate=validate.Length(max=5000))


class ExemptionBody(Schema):
    """An exemption with its reason, legal basis and paper."""

    person_id = fields.UUID(required=True)
    item_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 100))
    percent = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))
    group_code = fields.String(required=True, validate=validate.OneOf(tuple(GROUPS)))
    reason = _text()
    legal_basis = _text()
    evidence = _text()
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> ExemptionInput:
        return ExemptionInput(**{**data, "item_ids": tuple(data["item_ids"])})


class EndBody(Schema):
    """An earlier end of an exemption."""

    valid_to = fields.Date(required=True)
    reason = _text()


class ReasonBody(Schema):
    """Why something is taken back."""

    reason = _text(error_messages={"required": _("Please give the reason.")})


class BillQuery(SearchQuery):
    """Which bills."""

    round_id = fields.UUID(data_key="round", load_default=None)
    class_name = fields.String(data_key="class", load_default="", metadata={"description": "its name"})
    state = fields.String(load_default=None, validate=validate.OneOf(get_args(PayState)))


class PreviewQuery(SearchQuery):
    """Which bills that are not out yet."""

    class_id = fields.UUID(data_key="class", load_default=None)


class ExemptionQuery(Schema):
    """Which exemptions."""

    person = fields.UUID(load_default=None)
    waiting = fields.Boolean(load_default=False, metadata={"description": "only those nobody has approved"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class ReceiptQuery(SearchQuery):
    """Which receipts."""

    person = fields.UUID(load_default=None)
    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2999))


class PaymentBody(Schema):
    """Which channel to pay over, and how much of the bill: all that is open without `amount`."""

    channel_id = fields.UUID(required=True)
    return_url = fields.Url(load_default="", require_tld=False)
    amount = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, 10**12))


class PaymentsBody(Schema):
    """Several bills of the school in one payment."""

    bill_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 20))
    channel_id = fields.UUID(required=True)
    return_url = fields.Url(load_default="", require_tld=False)
