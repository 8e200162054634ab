"""Orders as the service reads them, and its answers as the port wants them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.sdk import wire
from core.sdk.einvoices import Config, Issued, Kind, NoAnswer, Order, Standing, State

_STATES = {"signed": State.TAKEN, "accepted": State.VALID, "rejected": State.REFUSED, "cancelled": State.VALID}
"""`cancelled` is the good end of a cancellation; the key of a cancellation is its own."""


def body_of(order: Order, config: Config) -> bytes:
    """One order: the same bytes each time."""
    buyer = order.buyer
    message: dict[str, object] = {
        "key": order.key,
        "kind": order.kind.value,
        "date": order.day.isoformat(),
        "template": config.get("template", ""),
        "symbol": config.get("symbol", ""),
        "currency": "VND",
        "buyer": {"name": buyer.name, "taxCode": buyer.tax_code, "address": buyer.address, "email": buyer.email},
        "note": order.about,
        "lines": [
            {
                "name": line.label,
                "unit": line.unit,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "amount": line.amount,
                "vat": line.vat,
            }
            for line in order.lines
        ],
        "total": order.total,
    }
    if order.original is not None:
        named = {"key": order.original_key, "id": order.original.provider_id, "number": order.original.number}
        message |= {"original": named, "reason": order.reason}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def standing_of(fields: Mapping[str, str], order: Order) -> Standing | NoAnswer:
    """What an answer says of an order; one about another key says nothing."""
    state = _STATES.get(fields.get("status", ""))
    if fields.get("key") != order.key or state is None:
        return NoAnswer("the answer is not about this invoice")
    if state is State.REFUSED:
        return Standing(state, reason=wire.clean(f"{fields.get('code', '')} {fields.get('message', '')}".strip(), 300))
    issued = Issued(
        provider_id=wire.clean(fields.get("id", ""), 64),
        symbol=wire.clean(fields.get("symbol", ""), 20),
        number=wire.clean(fields.get("number", ""), 20),
        retrieval_code=wire.clean(fields.get("retrievalCode", ""), 64),
        authority_code=wire.clean(fields.get("authorityCode", ""), 64),
        url=url if wire.is_web_address(url := fields.get("url", "")) else "",
    )
    if not issued.provider_id or (order.kind is not Kind.CANCEL and not issued.number):
        return NoAnswer("the answer names no invoice")
    return Standing(state, issued)
