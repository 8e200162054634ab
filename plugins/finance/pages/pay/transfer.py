"""How to transfer: the code for bank apps, the same in words, and whether the money has come."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.web import file_response, public
from plugins.finance.documents import codes
from plugins.finance.services import paying

from .door import REFERENCE, TOKEN, blueprint, by_link, show


@blueprint.get(f"/{TOKEN}/transfer/{REFERENCE}")
@public("the signed link may pay this one bill")
@by_link
def transfer(ctx: Context, token: str, reference: str) -> ResponseReturnValue:
    """The QR code with account, amount and memo."""
    found = paying.begun(ctx, token, reference)
    order = found.transfer
    return show(ctx, "transfer.html", token=token, view=found, order=order, qr=codes.svg(order.qr_payload))


@blueprint.get(f"/{TOKEN}/transfer/{REFERENCE}/qr.png")
@public("the signed link may pay this one bill")
@by_link
def picture(ctx: Context, token: str, reference: str) -> ResponseReturnValue:
    """The code as a picture, to open in a bank app on the same phone."""
    order = paying.begun(ctx, token, reference).transfer
    return file_response(codes.png(order.qr_payload), f"vietqr-{reference}.png", "image/png")


@blueprint.get(f"/{TOKEN}/transfer/{REFERENCE}/state")
@public("the signed link opens this one bill")
@by_link
def transfer_state(ctx: Context, token: str, reference: str) -> ResponseReturnValue:
    """A text that changes when money comes in for this payment, or the bill is settled."""
    return jsonify(state=paying.begun(ctx, token, reference).watched)
