"""/api/v1/finance/funds"""

from __future__ import annotations

from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list
from plugins.finance import schemas_billing as schemas
from plugins.finance.answers_billing import FundAnswer
from plugins.finance.services import funds

blueprint = ApiBlueprint("api-finance-funds", __name__, url_prefix="/finance", description="Donations")


@blueprint.route("/funds")
@blueprint.answers(200, funds.FundRow, listed=True)
@api("finance.fund.report")
def list_funds(ctx: Context) -> Response:
    """Funds of donations; families get the published ones."""
    return json_list(funds.funds(ctx))


@blueprint.route("/funds", methods=["POST"])
@blueprint.arguments(schemas.FundBody)
@blueprint.answers(201, Created)
@api("finance.fund.edit")
def open_fund(ctx: Context, body: funds.FundInput) -> Response:
    """Open a fund by an approved plan."""
    return json_answer(Created(funds.open_fund(ctx, body)), 201)


@blueprint.route("/funds/<uuid:fund_id>")
@blueprint.answers(200, FundAnswer)
@api("finance.fund.report")
def get_fund(ctx: Context, fund_id: UUID) -> Response:
    """The report of a fund: what came in and what was spent."""
    row, lines = funds.fund(ctx, fund_id)
    return json_answer(FundAnswer(fund=row, lines=lines))


@blueprint.route("/funds/<uuid:fund_id>/lines", methods=["POST"])
@blueprint.arguments(schemas.FundLineBody)
@blueprint.answers(201, Created)
@api("finance.fund.edit")
def add_fund_line(ctx: Context, body: funds.LineInput, fund_id: UUID) -> Response:
    """Book a gift or a use."""
    return json_answer(Created(funds.add_line(ctx, fund_id, body)), 201)


@blueprint.route("/funds/<uuid:fund_id>/publication", methods=["POST"])
@blueprint.answers(200, FundAnswer)
@api("finance.fund.edit")
def publish_fund(ctx: Context, fund_id: UUID) -> Response:
    """Let families read the report."""
    funds.publish_fund(ctx, fund_id)
    row, lines = funds.fund(ctx, fund_id)
    return json_answer(FundAnswer(fund=row, lines=lines))
