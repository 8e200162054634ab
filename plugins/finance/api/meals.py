"""/api/v1/finance/meals"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from core.sdk import AbsenceSource, Context, _
from core.sdk.errors import Invalid
from core.sdk.school import modules_on
from core.sdk.web import ApiBlueprint, api, json_answer, json_list, runtime
from plugins.finance import schemas_billing as schemas
from plugins.finance.answers_billing import ClosedAnswer, MealMonthAnswer, TakenAnswer
from plugins.finance.services import meals

blueprint = ApiBlueprint("api-finance-meals", __name__, url_prefix="/finance", description="Meals by day")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        message = _("Choose a month.")
        raise Invalid(message, fields={"month": message}) from None


@blueprint.route("/meals")
@blueprint.answers(200, meals.MonthRow, listed=True)
@api("finance.round.read")
def list_months(ctx: Context) -> Response:
    """Months that asked for meals, the newest first."""
    return json_list(meals.months(ctx))


@blueprint.route("/meals/<month>")
@blueprint.answers(200, MealMonthAnswer)
@api("finance.round.read")
def get_month(ctx: Context, month: str) -> Response:
    """The sums of a month such as 2026-09, in dong: asked, to give back, given back."""
    row, sums = meals.month_row(ctx, _month(month))
    body: MealMonthAnswer = {
        "month": row.month,
        "closed_at": row.closed_at,
        "pupils": sums.pupils,
        "asked": sums.asked,
        "days_in_time": sums.days,
        "days_late": sums.late,
        "to_give_back": sums.target,
        "given_back": sums.given,
        "changes": sums.changes,
    }
    return json_answer(body)


@blueprint.route("/meals/<month>/lines")
@blueprint.arguments(schemas.MealQuery, location="query")
@blueprint.answers(200, meals.MealLine, listed=True)
@api("finance.round.read")
def list_meal_lines(ctx: Context, query: dict[str, Any], month: str) -> Response:
    """Pupils who were away: planned, in time, too late, the days that count, what comes back."""
    found = meals.month_lines(ctx, _month(month), changed=query["changed"], person_id=query["person"], limit=1000)
    return json_list(found)


@blueprint.route("/meals/<month>/absences")
@blueprint.arguments(schemas.MealQuery, location="query")
@blueprint.answers(200, meals.AbsenceRow, listed=True)
@api("finance.round.read")
def list_absences(ctx: Context, query: dict[str, Any], month: str) -> Response:
    """Days on which pupils did not eat."""
    return json_list(meals.absences(ctx, _month(month), query["person"]))


@blueprint.route("/meals/<month>/absences", methods=["PUT"])
@blueprint.arguments(schemas.AbsencesBody)
@blueprint.answers(200, TakenAnswer)
@api("finance.round.edit")
def set_absences(ctx: Context, body: dict[str, Any], month: str) -> Response:
    """Type days by hand; `in_time` null takes a day back. Repeating it changes nothing."""
    meals.set_absences(ctx, _month(month), body["absences"])
    return json_answer(TakenAnswer(days=len(body["absences"])))


@blueprint.route("/meals/<month>/registers", methods=["POST"])
@blueprint.answers(200, TakenAnswer)
@api("finance.round.edit")
def take_registers(ctx: Context, month: str) -> Response:
    """Take the absences over from the module that keeps registers. Repeating it changes nothing."""
    sources: tuple[AbsenceSource, ...] = runtime().registry.absence_sources(modules_on(ctx))
    return json_answer(TakenAnswer(days=meals.take_absences(ctx, _month(month), sources)))


@blueprint.route("/meals/<month>/closing", methods=["POST"])
@blueprint.answers(200, ClosedAnswer)
@api("finance.round.publish")
def close_month(ctx: Context, month: str) -> Response:
    """Close the meals of a month; 409 when it is closed already."""
    return _closed(meals.close_month(ctx, _month(month)))


@blueprint.route("/meals/<month>/corrections", methods=["POST"])
@blueprint.answers(200, ClosedAnswer)
@api("finance.round.publish")
def correct_month(ctx: Context, month: str) -> Response:
    """Write what has changed since a month was closed. Repeating it writes nothing."""
    return _closed(meals.correct_month(ctx, _month(month)))


def _closed(done: meals.Closed) -> Response:
    return json_answer(ClosedAnswer(lines=done.lines, credited=done.credited, asked_again=done.asked_again))
