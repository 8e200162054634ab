"""/api/v1/finance/items"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from core.sdk import Context
from core.sdk.web import ApiBlueprint, Created, api, json_answer, json_list
from plugins.finance import schemas
from plugins.finance.answers import CeilingAnswer, ItemAnswer
from plugins.finance.models import Ceiling, Item
from plugins.finance.services import items as services

items = ApiBlueprint("api-finance-items", __name__, url_prefix="/finance/items", description="Fee items")


def _json(item: Item) -> ItemAnswer:
    return {
        "id": item.id,
        "code": item.code,
        "label_vi": item.label_vi,
        "label_en": item.label_en,
        "kind": item.kind,
        "unit": item.unit,
        "legal_basis": item.legal_basis,
        "account": item.account,
        "vat_label": item.vat_label,
        "document": item.document,
        "position": item.position,
        "active": item.active,
    }


def _ceiling(row: Ceiling) -> CeilingAnswer:
    return {
        "maximum": row.maximum,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "legal_basis": row.legal_basis,
    }


@items.route("")
@items.answers(200, ItemAnswer, listed=True)
@api("finance.round.read")
def list_items(ctx: Context) -> Response:
    """The school's fee items, those that are out of use too."""
    return json_list(_json(item) for item in services.items(ctx, with_inactive=True))


@items.route("", methods=["POST"])
@items.arguments(schemas.ItemBody)
@items.answers(201, ItemAnswer)
@api("finance.item.edit")
def create_item(ctx: Context, body: services.ItemInput) -> Response:
    """Add an item."""
    return json_answer(_json(services.save_item(ctx, body)), 201)


@items.route("/<uuid:item_id>", methods=["PUT"])
@items.arguments(schemas.ItemBody)
@items.answers(200, ItemAnswer)
@api("finance.item.edit")
def change_item(ctx: Context, body: services.ItemInput, item_id: UUID) -> Response:
    """Change an item."""
    return json_answer(_json(services.save_item(ctx, body, item_id)))


@items.route("/<uuid:item_id>/ceilings")
@items.answers(200, CeilingAnswer, listed=True)
@api("finance.round.read")
def list_ceilings(ctx: Context, item_id: UUID) -> Response:
    """The ceilings of an item, newest first."""
    return json_list(map(_ceiling, services.ceilings(ctx, item_id)))


@items.route("/<uuid:item_id>/ceilings", methods=["POST"])
@items.arguments(schemas.CeilingBody)
@items.answers(201, Created)
@api("finance.item.edit")
def add_ceiling(ctx: Context, body: dict[str, Any], item_id: UUID) -> Response:
    """Set the ceiling of an item from a day on."""
    return json_answer(Created(services.set_ceiling(ctx, item_id, **body).id), 201)
