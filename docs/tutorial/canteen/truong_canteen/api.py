"""The same services under /api/v1/canteen."""

from __future__ import annotations

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, api, json_list

from . import services

blueprint = ApiBlueprint("api-canteen", __name__, url_prefix="/canteen", description="Canteen")


@blueprint.route("")
@blueprint.answers(200, services.MealRow, listed=True)
@api("canteen.meal.read")
def list_meals(ctx: Context) -> Response:
    """The latest meals and how many eat."""
    return json_list(services.meals(ctx))
