"""/api/v1/finance/rounds"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Cursor, PageQuery, Started, api, check_etag, etag_of, json_answer, json_list
from plugins.finance import schemas
from plugins.finance.answers import PreviewAnswer, RoundAnswer, words
from plugins.finance.models import Round
from plugins.finance.services import exceptions as exception_services
from plugins.finance.services import preview as previews
from plugins.finance.services import prices as price_services
from plugins.finance.services import publish as publishing
from plugins.finance.services import rounds as services

rounds = ApiBlueprint("api-finance-rounds", __name__, url_prefix="/finance/rounds", description="Collection rounds")


def _answer(row: Round, status: int = 200) -> Response:
    body: RoundAnswer = {
        "id": row.id,
        "title": row.title,
        "state": row.state,
        "version": row.version,
        "period": row.period,
        "due_on": row.due_on,
    }
    return json_answer(body, status, etag=etag_of(row.id, row.version))


def _matched(ctx: Context, round_id: UUID) -> int:
    """The version that the caller has read; If-Match is required."""
    row = services.round_(ctx, round_id)
    check_etag(etag_of(row.id, row.version))
    return row.version


@rounds.route("")
@rounds.arguments(PageQuery, location="query")
@rounds.answers(200, services.RoundRow, listed=True)
@api("finance.round.read")
def list_rounds(ctx: Context, query: dict[str, Any]) -> Response:
    """Rounds, the newest month first."""
    cursor = Cursor("finance-rounds")
    found = services.rounds(ctx, after=cursor.read(query["cursor"]), limit=query["limit"])
    return json_list(found.rows, cursor.write(found.next) if found.next else None)


@rounds.route("", methods=["POST"])
@rounds.arguments(schemas.NewRoundBody)
@rounds.answers(201, RoundAnswer, etag=True)
@api("finance.round.edit")
def open_round(ctx: Context, body: dict[str, Any]) -> Response:
    """Open a draft round."""
    return _answer(services.open_round(ctx, **body), 201)


@rounds.route("/<uuid:round_id>")
@rounds.answers(200, RoundAnswer, etag=True)
@api("finance.round.read")
def get_round(ctx: Context, round_id: UUID) -> Response:
    """One round; its ETag is what changes ask for."""
    return _answer(services.round_(ctx, round_id))


@rounds.route("/<uuid:round_id>", methods=["PUT"])
@rounds.arguments(schemas.RoundBody)
@rounds.answers(200, RoundAnswer, etag=True, if_match=True)
@api("finance.round.edit")
def change_round(ctx: Context, body: dict[str, Any], round_id: UUID) -> Response:
    """Change a draft; needs If-Match."""
    return _answer(services.change_round(ctx, round_id, **body, version=_matched(ctx, round_id)))


@rounds.route("/<uuid:round_id>/prices")
@rounds.answers(200, price_services.PriceRow, listed=True)
@api("finance.round.read")
def list_prices(ctx: Context, round_id: UUID) -> Response:
    """Every price of a round."""
    return json_list(price_services.prices(ctx, round_id))


@rounds.route("/<uuid:round_id>/prices", methods=["PUT"])
@rounds.arguments(schemas.PricesBody)
@rounds.answers(200, RoundAnswer, etag=True, if_match=True)
@api("finance.round.edit")
def set_prices(ctx: Context, body: dict[str, Any], round_id: UUID) -> Response:
    """Set prices of a draft; needs If-Match."""
    version = _matched(ctx, round_id)
    return _answer(price_services.set_prices(ctx, round_id, body["prices"], version=version, replace=body["replace"]))


@rounds.route("/<uuid:round_id>/exceptions")
@rounds.answers(200, exception_services.ExceptionRow, listed=True)
@api("finance.round.read")
def list_exceptions(ctx: Context, round_id: UUID) -> Response:
    """Pupils who differ from their class."""
    return json_list(exception_services.exceptions(ctx, round_id))


@rounds.route("/<uuid:round_id>/exceptions", methods=["PUT"])
@rounds.arguments(schemas.ExceptionsBody)
@rounds.answers(200, RoundAnswer, etag=True, if_match=True)
@api("finance.round.edit")
def set_exceptions(ctx: Context, body: dict[str, Any], round_id: UUID) -> Response:
    """Enter exceptions; needs If-Match."""
    version = _matched(ctx, round_id)
    return _answer(exception_services.set_exceptions(ctx, round_id, body["exceptions"], version=version))


@rounds.route("/<uuid:round_id>/preview")
@rounds.answers(200, PreviewAnswer)
@api("finance.round.read")
def preview(ctx: Context, round_id: UUID) -> Response:
    """Totals by class and what needs a person, for what publishing now would add."""
    found = previews.preview(ctx, round_id)
    body: PreviewAnswer = {
        "bills": found.bills,
        "total": found.total,
        "ready": found.ready,
        "classes": list(found.classes),
        "problems": [
            {"level": p.level, "code": p.code, "place": p.place, "message": words(p.message)} for p in found.problems
        ],
    }
    return json_answer(body)


@rounds.route("/<uuid:round_id>/preview/bills")
@rounds.arguments(schemas.PreviewQuery, location="query")
@rounds.answers(200, previews.PreviewBill, listed=True)
@api("finance.round.read")
def preview_bills(ctx: Context, query: dict[str, Any], round_id: UUID) -> Response:
    """Bills that are not out yet, by name."""
    cursor, limit = Cursor("finance-preview"), query["limit"]
    position = cursor.read(query["cursor"])
    found = previews.preview_bills(
        ctx,
        round_id,
        class_id=query["class_id"],
        search=query["q"],
        after=(position[0], position[1]) if position else None,
        limit=limit,
    )
    return json_list(found, cursor.write(found[-1].cursor) if len(found) == limit else None)


@rounds.route("/<uuid:round_id>/publication", methods=["POST"])
@rounds.answers(202, Started, if_match=True)
@api("finance.round.publish")
def publish(ctx: Context, round_id: UUID) -> Response:
    """Publish in the background; needs If-Match. Repeating it adds only pupils who have no bill yet."""
    job = publishing.start_publishing(ctx, round_id, _matched(ctx, round_id))
    return json_answer(Started(job), 202)


@rounds.route("/<uuid:round_id>/withdrawal", methods=["POST"])
@rounds.arguments(schemas.ReasonBody)
@rounds.answers(200, RoundAnswer, etag=True, if_match=True)
@api("finance.round.publish")
def withdraw(ctx: Context, body: dict[str, Any], round_id: UUID) -> Response:
    """Take a published round back while nobody has paid; needs If-Match."""
    publishing.withdraw(ctx, round_id, reason=body["reason"], version=_matched(ctx, round_id))
    return _answer(services.round_(ctx, round_id))


@rounds.route("/<uuid:round_id>/closing", methods=["POST"])
@rounds.answers(200, RoundAnswer, etag=True, if_match=True)
@api("finance.round.publish")
def close(ctx: Context, round_id: UUID) -> Response:
    """Close a published round; needs If-Match."""
    return _answer(services.close_round(ctx, round_id, _matched(ctx, round_id)))
