"""/api/v1/finance/standing: debts, collection of a year, the day, rails; and the years of one's own children"""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict
from uuid import UUID

from flask import Response
from marshmallow import Schema, fields

from core.sdk import Context, _
from core.sdk.data import local_date
from core.sdk.errors import Invalid
from core.sdk.web import ApiBlueprint, api, json_answer, json_list
from plugins.finance.services import standing

blueprint = ApiBlueprint(
    "api-finance-standing", __name__, url_prefix="/finance/standing", description="Where the money stands"
)


class DebtAnswer(TypedDict):
    """What is open of a class or an item, in dong; ages as in `by_age` of debtors."""

    label: str
    pupils: int
    owed: int
    by_age: dict[str, int]


class DebtsAnswer(TypedDict):
    """All that is open."""

    owed: int
    overdue: int
    by_age: dict[str, int]
    classes: list[DebtAnswer]
    items: list[DebtAnswer]


class CollectionAnswer(TypedDict):
    """A school year: asked and paid."""

    year: str
    asked: int
    paid: int
    months: list[standing.Collected]
    classes: list[standing.Collected]
    items: list[standing.Collected]


class PupilDebtQuery(Schema):
    """Which pupils."""

    class_name = fields.String(load_default="")
    item = fields.UUID(load_default=None)
    age = fields.String(load_default="", metadata={"description": "not_due, to_30, to_60, to_90 or over_90"})


class YearQuery(Schema):
    """A school year by its name, such as 2026-2027; the current one without it."""

    year = fields.String(load_default="")


class DayQuery(Schema):
    """A day; today without it."""

    on = fields.Date(load_default=None)


@blueprint.route("/debts")
@blueprint.answers(200, DebtsAnswer)
@api("finance.debtor.read")
def get_debts(ctx: Context) -> Response:
    """What is open by age, class and item."""
    found = standing.debts(ctx)
    answer: DebtsAnswer = {
        "owed": found.owed,
        "overdue": found.overdue,
        "by_age": dict(found.by_age),
        "classes": [_debt(one.class_name, one) for one in found.classes],
        "items": [_debt(one.label_vi, one) for one in found.items],
    }
    return json_answer(answer)


def _debt(label: str, one: standing.ClassDebt | standing.ItemDebt) -> DebtAnswer:
    return {"label": label, "pupils": one.pupils, "owed": one.owed, "by_age": dict(one.by_age)}


@blueprint.route("/debts/pupils")
@blueprint.arguments(PupilDebtQuery, location="query")
@blueprint.answers(200, standing.PupilDebt, listed=True)
@api("finance.debtor.read")
def list_pupil_debts(ctx: Context, query: dict[str, Any]) -> Response:
    """Who owes, the largest sum first; at most 1,000."""
    found = standing.pupil_debts(
        ctx, class_name=query["class_name"], item_id=query["item"], age=query["age"], limit=1000
    )
    return json_list(list(found))


@blueprint.route("/collection")
@blueprint.arguments(YearQuery, location="query")
@blueprint.answers(200, CollectionAnswer)
@api("finance.bill.read")
def get_collection(ctx: Context, query: dict[str, Any]) -> Response:
    """What a school year asked and received, by month, class and item."""
    years = standing.years(ctx)
    year = next((y for y in years if y.name == query["year"] or (not query["year"] and y.current)), None)
    if year is None:
        raise Invalid(_("There is no such school year."), fields={"year": _("There is no such school year.")})
    found = standing.collection(ctx, year)
    answer: CollectionAnswer = {
        "year": year.name,
        "asked": found.asked,
        "paid": found.paid,
        "months": list(found.months),
        "classes": list(found.classes),
        "items": list(found.items),
    }
    return json_answer(answer)


@blueprint.route("/day")
@blueprint.arguments(DayQuery, location="query")
@blueprint.answers(200, standing.Day)
@api("payments.ledger.read")
def get_day(ctx: Context, query: dict[str, Any]) -> Response:
    """What came in by rail on a day, and what waits now."""
    on: date = query["on"] or local_date(ctx.now())
    return json_answer(standing.day(ctx, on))


class YearAnswer(TypedDict):
    """A school year of one child."""

    name: str
    asked: int
    paid: int
    lines: list[standing.YearLine]
    receipts: list[UUID]


class ChildAnswer(TypedDict):
    """A child with all school years."""

    person_id: UUID
    full_name: str
    balance: int
    movements: dict[str, int]
    years: list[YearAnswer]


@blueprint.route("/own")
@blueprint.answers(200, ChildAnswer, listed=True)
@api("finance.bill.read.own")
def list_own_years(ctx: Context) -> Response:
    """The school years of one's own children."""
    found: list[ChildAnswer] = [
        {
            "person_id": child.person_id,
            "full_name": child.full_name,
            "balance": child.balance,
            "movements": dict(child.movements),
            "years": [
                {
                    "name": year.name,
                    "asked": year.asked,
                    "paid": year.paid,
                    "lines": list(year.lines),
                    "receipts": [receipt.id for receipt in year.receipts],
                }
                for year in child.years
            ],
        }
        for child in standing.history(ctx)
    ]
    return json_list(found)
