"""Pages: read the request, call one service, render."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.settings import get
from core.sdk.web import flash, page, redirect_to, render

from . import services

blueprint = Blueprint("canteen", __name__)


@blueprint.get("/")
@page("canteen.meal.read")
def index(ctx: Context) -> str:
    """The latest meals, with a form for those who may plan one."""
    return _index(ctx, {})


@blueprint.post("/")
@page("canteen.meal.edit")
def add(ctx: Context) -> ResponseReturnValue:
    """Plan a meal."""
    form = request.form
    try:
        services.add_meal(ctx, _day(form.get("day", "")), form.get("dish", ""), _dong(form.get("price", "")))
    except Invalid as refused:
        return _index(ctx, refused.fields), 422
    flash("ok", _("Meal added"))
    return redirect_to("canteen.index")


@blueprint.get("/meals/<uuid:meal_id>")
@page("canteen.meal.read")
def show(ctx: Context, meal_id: UUID) -> str:
    """A meal with the list for the kitchen."""
    return render(
        "canteen/show.html",
        meal=services.meal(ctx, meal_id),
        portions=services.kitchen_list(ctx, meal_id),
        classes=services.class_choices(ctx),
        may_edit=ctx.actor.has("canteen.meal.edit"),
        may_charge=ctx.actor.has("canteen.meal.charge"),
    )


@blueprint.post("/meals/<uuid:meal_id>/classes")
@page("canteen.meal.edit")
def register(ctx: Context, meal_id: UUID) -> ResponseReturnValue:
    """Register a class."""
    count = services.register_class(ctx, meal_id, UUID(request.form["class_id"]))
    flash("ok", _("%(count)s pupils registered", count=count))
    return redirect_to("canteen.show", meal_id=meal_id)


@blueprint.post("/meals/<uuid:meal_id>/charge")
@page("canteen.meal.charge")
def charge(ctx: Context, meal_id: UUID) -> ResponseReturnValue:
    """Charge the meal."""
    count = services.charge_meal(ctx, meal_id)
    flash("ok", _("%(count)s pupils charged", count=count))
    return redirect_to("canteen.show", meal_id=meal_id)


def _index(ctx: Context, errors: dict[str, Message]) -> str:
    return render(
        "canteen/index.html",
        rows=services.meals(ctx),
        errors=errors,
        price=get(ctx, "canteen.price"),
        today=ctx.now().date(),
        may_edit=ctx.actor.has("canteen.meal.edit"),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _dong(text: str) -> int | None:
    digits = text.replace(".", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() else None
