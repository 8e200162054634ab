"""The simulator's addresses: ZaloPay's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from core.sdk.testing.simulators import OrderBook, ServiceFaults, add_books, add_control, moment_of

from .gateway import OUTCOMES, Gateway
from .payments import Payments, UnknownOrderError
from .settings import Settings

_FIRST = 251_122_000_000_000
"""ZaloPay's numbers have fifteen digits."""


def create_app(settings: Settings) -> Flask:
    """A simulated ZaloPay with an empty ledger."""
    app = Flask(__name__)
    book, faults = OrderBook(_FIRST), ServiceFaults()
    gateway, payments = Gateway(settings, book, faults), Payments(settings, book, faults)
    _add_interface(app, gateway, faults)
    _add_pages(app, payments)
    add_control(app, "zalopay", "ZaloPay mô phỏng", faults, payments.courier, book.reset)
    add_books(app, book, fee_per_mille=11)
    _add_payers(app, payments)
    return app


def _add_interface(app: Flask, gateway: Gateway, faults: ServiceFaults) -> None:
    @app.post("/v2/<any(create, query, refund, query_refund):what>")
    def interface(what: str) -> Response | tuple[str, int]:
        reply = gateway.answer(what, request.get_json(), request.host_url)
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply)


def _add_pages(app: Flask, payments: Payments) -> None:
    @app.errorhandler(UnknownOrderError)
    def unknown(_error: UnknownOrderError) -> tuple[str, int]:
        return render_template("zalopay/unknown.html"), 404

    @app.get("/openinapp")
    def pay() -> str:
        return render_template("zalopay/pay.html", order=payments.find(request.args.get("order", "")))

    @app.post("/decide")
    def decide() -> AnyResponse | tuple[str, int]:
        outcome = request.form["outcome"]
        if outcome not in OUTCOMES:
            return "", 400
        return redirect(payments.decide(payments.find(request.form["order"]), outcome), 302)


def _add_payers(app: Flask, payments: Payments) -> None:
    @app.post("/control/pay")
    def pay_at_once() -> Response:
        """`{"url": <pay address or order number>, "outcome": ...}`: what a payer would do in the browser."""
        body = request.get_json()
        order = payments.find(str(body["url"]))
        return jsonify({"return_url": payments.decide(order, body.get("outcome", "success"))})

    @app.post("/control/notices")
    def notices() -> Response:
        """`{"payments": [{"url", "outcome", "at"}]}` are decided at those moments; the answer is their signed calls."""
        made = []
        for wanted in request.get_json()["payments"]:
            order, at = payments.find(str(wanted["url"])), moment_of(wanted["at"])
            made.append(payments.settle(order, wanted.get("outcome", "success"), at).to_json())
        return jsonify({"notices": made})
