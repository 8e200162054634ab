"""Bodies of the API of meals, rules, funds, balances and payouts (marshmallow). Money is whole dong."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from core.sdk import _

from .services.funds import FundInput, LineInput
from .services.meals import AbsenceInput
from .services.sharing import SiblingInput, SupportInput

_MORE = validate.Range(1, 10**12)


def _text(longest: int = 500, **options: Any) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, longest), **options)


def _maybe(longest: int = 200) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=longest))


class MealQuery(Schema):
    """Which pupils of a month."""

    person = fields.UUID(load_default=None)
    changed = fields.Boolean(load_default=False, metadata={"description": "only those with something to write"})


class AbsenceBody(Schema):
    """A day on which a pupil did not eat."""

    person_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    in_time = fields.Boolean(required=True, allow_none=True, metadata={"description": "null: the pupil has eaten"})
    note = _maybe()

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> AbsenceInput:
        return AbsenceInput(**data)


class AbsencesBody(Schema):
    """Days to note."""

    absences = fields.List(fields.Nested(AbsenceBody), required=True, validate=validate.Length(1, 5000))


class SiblingRuleBody(Schema):
    """A reduction from the n-th child of a family on."""

    item_id = fields.UUID(required=True)
    nth = fields.Integer(required=True, strict=True, validate=validate.Range(2, 9))
    percent = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    legal_basis = _text()

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> SiblingInput:
        return SiblingInput(**data)


class SupportBody(Schema):
    """What the state pays for one unit of tuition."""

    item_id = fields.UUID(required=True)
    grade_from = fields.Integer(required=True, strict=True, validate=validate.Range(0, 12))
    grade_to = fields.Integer(required=True, strict=True, validate=validate.Range(0, 12))
    amount = fields.Integer(required=True, strict=True, validate=_MORE)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    legal_basis = _text()

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> SupportInput:
        return SupportInput(**data)


class PartBody(Schema):
    """A part of a bill."""

    due_on = fields.Date(required=True)
    amount = fields.Integer(required=True, strict=True, validate=_MORE)


class PartsBody(Schema):
    """The parts in order; they sum to the bill. Empty: no agreement."""

    parts = fields.List(fields.Nested(PartBody), required=True, validate=validate.Length(max=12))


class FundBody(Schema):
    """A fund of donations."""

    code = _text(31)
    label = _text(200)
    purpose = _text()
    plan = _text(200)

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> FundInput:
        return FundInput(**data)


class FundLineBody(Schema):
    """A gift or a use; without `bank` it is cash."""

    kind = fields.String(required=True, validate=validate.OneOf(("gift", "use")))
    amount = fields.Integer(required=True, strict=True, validate=_MORE)
    day = fields.Date(required=True)
    bank = _maybe(30)
    who = _maybe()
    named = fields.Boolean(load_default=False)
    what = _maybe(500)
    paper = _maybe()

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> LineInput:
        return LineInput(**data)


class OpeningRowBody(Schema):
    """A balance: above zero is the family's money, below zero is owed."""

    code = _maybe(40)
    name = _maybe()
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(-(10**12), 10**12))


class OpeningBody(Schema):
    """Balances of a day."""

    name = _text(200)
    as_of = fields.Date(required=True)
    rows = fields.List(fields.Nested(OpeningRowBody), required=True, validate=validate.Length(1, 20_000))


class WhyBody(Schema):
    """Why something is taken back."""

    reason = _text(error_messages={"required": _("Please give the reason.")})


class PayoutBody(Schema):
    """Money to give back from a balance."""

    person_id = fields.UUID(required=True)
    amount = fields.Integer(required=True, strict=True, validate=_MORE)
    reason = _text()
    to_whom = _text()


class PaidBody(Schema):
    """How it was paid: without `bank` as cash."""

    number = _text(100)
    bank = _maybe(30)
