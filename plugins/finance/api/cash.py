"""/api/v1/finance/cash: drawers, takings, day close, deposits"""

from __future__ import annotations

from typing import Any, TypedDict
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, PageQuery, api, json_answer, json_list
from plugins.finance import schemas_cash as schemas
from plugins.finance.services import cash
from plugins.finance.services.cash.taking import BatchLine

blueprint = ApiBlueprint("api-finance-cash", __name__, url_prefix="/finance/cash", description="The cash desk")


class TakingAnswer(TypedDict):
    """A family's cash with its receipts."""

    id: UUID
    total: int
    change: int
    receipts: list[BatchLine]


@blueprint.route("/drawers")
@blueprint.arguments(PageQuery, location="query")
@blueprint.answers(200, cash.DrawerRow, listed=True)
@api("finance.cash.read")
def list_drawers(ctx: Context, query: dict[str, Any]) -> Response:
    """Drawers with their day close, the latest first."""
    return json_list(cash.drawers(ctx, limit=query["limit"]))


@blueprint.route("/drawers", methods=["POST"])
@blueprint.arguments(schemas.DrawerBody)
@blueprint.answers(201, Created)
@api("payments.cash.collect")
def open_drawer(ctx: Context, body: dict[str, Any]) -> Response:
    """Take a drawer in hand."""
    return json_answer(Created(cash.open_drawer(ctx, body["number"], body["opening_float"])), 201)


@blueprint.route("/takings", methods=["POST"])
@blueprint.arguments(schemas.TakingBody)
@blueprint.answers(201, TakingAnswer)
@api("payments.cash.collect")
def take(ctx: Context, body: dict[str, Any]) -> Response:
    """Take a family's cash into one's own drawer. Repeating it with the same key takes it once."""
    found = cash.batch(ctx, cash.take(ctx, body["shares"], body["tendered"], key=body["key"], note=body["note"]))
    answer: TakingAnswer = {
        "id": found.id,
        "total": found.total,
        "change": found.change,
        "receipts": list(found.lines),
    }
    return json_answer(answer, 201)


@blueprint.route("/returns", methods=["POST"])
@blueprint.arguments(schemas.ReturnBody)
@blueprint.answers(201, Created)
@api("payments.cash.collect")
def give_back(ctx: Context, body: dict[str, Any]) -> Response:
    """Give the cash of a receipt back out of one's own open drawer; a closed day stays as it is."""
    return json_answer(Created(cash.give_back(ctx, body["receipt_id"], body["reason"])), 201)


@blueprint.route("/count", methods=["POST"])
@blueprint.arguments(schemas.CountBody)
@blueprint.answers(200, Created)
@api("payments.cash.collect")
def count(ctx: Context, body: dict[str, Any]) -> Response:
    """Count one's own drawer for the day close."""
    return json_answer(Created(cash.count(ctx, body["counts"], body["reason"])))


@blueprint.route("/drawers/<uuid:drawer_id>/confirmation", methods=["POST"])
@blueprint.answers(200, Created)
@api("finance.cash.confirm")
def confirm(ctx: Context, drawer_id: UUID) -> Response:
    """The second person has seen the money: the day is closed."""
    cash.confirm(ctx, drawer_id)
    return json_answer(Created(drawer_id))


@blueprint.route("/deposits")
@blueprint.answers(200, cash.DepositRow, listed=True)
@api("finance.cash.read")
def list_deposits(ctx: Context) -> Response:
    """Cash handed to the bank, what is on its way first."""
    return json_list(cash.deposits(ctx))


@blueprint.route("/deposits", methods=["POST"])
@blueprint.arguments(schemas.DepositBody)
@blueprint.answers(201, Created)
@api("payments.cash.collect")
def deposit(ctx: Context, body: dict[str, Any]) -> Response:
    """Note that cash was handed to the bank."""
    return json_answer(Created(cash.deposit(ctx, body["amount"], body["slip"], body["bank"])), 201)
