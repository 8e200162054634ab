"""The simulator's addresses: ZaloPay's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from core.sdk.testing.simulators import OrderBook, ServiceFaults, add_books, add_control, add_pages

from .gateway import OUTCOMES, Gateway
from .payments import ZalopayPayments
from .settings import Settings

_FIRST = 251_122_000_000_000
"""ZaloPay's numbers have fifteen digits."""


def create_app(settings: Settings) -> Flask:
    """A simulated ZaloPay with an empty ledger."""
    app = Flask(__name__)
    book, faults = OrderBook(_FIRST), ServiceFaults()
    gateway, payments = Gateway(settings, book, faults), ZalopayPayments(settings, book, faults)
    _add_interface(app, gateway, faults)
    add_pages(app, payments, pay="/openinapp", decide="/decide", template="zalopay/pay.html", outcomes=OUTCOMES)
    add_control(app, "zalopay", "ZaloPay mô phỏng", faults, payments.courier, book.reset)
    add_books(app, book, fee_per_mille=11)
    return app


def _add_interface(app: Flask, gateway: Gateway, faults: ServiceFaults) -> None:
    @app.post("/v2/<any(create, query, refund, query_refund):what>")
    def interface(what: str) -> Response | tuple[str, int]:
        reply = gateway.answer(what, request.get_json(), request.host_url)
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply)
