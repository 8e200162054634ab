"""/api/v1/finance/items"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from core.sdk import Context
from core.sdk.web import ApiBlueprint, api, json_list
from plugins.finance import schemas
from plugins.finance.models import Item
from plugins.finance.services import items as services

items = ApiBlueprint("api-finance-items", __name__, url_prefix="/finance/items", description="Fee items")


def _json(item: Item) -> dict[str, object]:
    names = (
        "code",
        "label_vi",
        "label_en",
        "kind",
        "unit",
        "legal_basis",
        "account",
        "vat_label",
        "position",
        "active",
    )
    return {"id": str(item.id), **{name: getattr(item, name) for name in names}}


@items.route("")
@api("finance.round.read")
def list_items(ctx: Context) -> Response:
    """The school's fee items, those that are out of use too."""
    return json_list(_json(item) for item in services.items(ctx, with_inactive=True))


@items.route("", methods=["POST"])
@items.arguments(schemas.ItemBody)
@items.response(201)
@api("finance.item.edit")
def create_item(ctx: Context, body: services.ItemInput) -> tuple[Response, int]:
    """Add an item."""
    return jsonify(_json(services.save_item(ctx, body))), 201


@items.route("/<uuid:item_id>", methods=["PUT"])
@items.arguments(schemas.ItemBody)
@items.response(200)
@api("finance.item.edit")
def change_item(ctx: Context, body: services.ItemInput, item_id: UUID) -> Response:
    """Change an item."""
    return jsonify(_json(services.save_item(ctx, body, item_id)))


@items.route("/<uuid:item_id>/ceilings")
@api("finance.round.read")
def list_ceilings(ctx: Context, item_id: UUID) -> Response:
    """The ceilings of an item, newest first."""
    return json_list(
        {
            "maximum": row.maximum,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "legal_basis": row.legal_basis,
        }
        for row in services.ceilings(ctx, item_id)
    )


@items.route("/<uuid:item_id>/ceilings", methods=["POST"])
@items.arguments(schemas.CeilingBody)
@items.response(201)
@api("finance.item.edit")
def add_ceiling(ctx: Context, body: dict[str, Any], item_id: UUID) -> tuple[Response, int]:
    """Set the ceiling of an item from a day on."""
    return jsonify({"id": str(services.set_ceiling(ctx, item_id, **body).id)}), 201
