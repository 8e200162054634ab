"""The simulator's addresses: MoMo's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from core.sdk.testing.simulators import OrderBook, ServiceFaults, add_books, add_control, add_pages

from .gateway import CODES, Gateway, status_of
from .payments import MomoPayments
from .settings import Settings

_FIRST = 4_000_000_000
"""MoMo's numbers have ten digits."""


def create_app(settings: Settings) -> Flask:
    """A simulated MoMo with an empty ledger."""
    app = Flask(__name__)
    book, faults = OrderBook(_FIRST), ServiceFaults()
    gateway, payments = Gateway(settings, book, faults), MomoPayments(settings, book, faults)
    _add_interface(app, gateway, faults)
    page, decide = "/v2/gateway/pay", "/v2/gateway/decide"
    add_pages(app, payments, pay=page, decide=decide, template="momo/pay.html", outcomes=CODES)
    add_control(app, "momo", "MoMo mô phỏng", faults, payments.courier, gateway.reset)
    add_books(app, book, fee_per_mille=11)
    return app


def _add_interface(app: Flask, gateway: Gateway, faults: ServiceFaults) -> None:
    @app.post("/v2/gateway/api/<any(create, query, refund, confirm):what>")
    def interface(what: str) -> tuple[Response, int] | tuple[str, int]:
        reply = gateway.answer(what, request.get_json(), request.host_url)
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply), status_of(reply)
