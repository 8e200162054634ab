"""The simulator's addresses: the platform's in both shapes, and `/control/` for tests and demos."""

from __future__ import annotations

import json
import urllib.request

from flask import Flask, Response, jsonify, render_template, request

from core.sdk.testing.simulators import OrderBook, add_books, add_control, add_pages, local
from core.sdk.testing.simulators.courier import call

from . import signing
from .gateway import OUTCOMES, Gateway
from .payments import PortalFaults, PortalPayments
from .settings import Settings

Answer = Response | tuple[str, int]


def create_app(settings: Settings) -> Flask:
    """A simulated platform with an empty ledger."""
    app = Flask(__name__)
    book, faults = OrderBook(1_000_000_000), PortalFaults()
    gateway, payments = Gateway(settings, book, faults), PortalPayments(settings, book, faults)
    _add_interface(app, gateway, faults)
    page = "portal_payment/pay.html"
    add_pages(app, payments, pay="/thanhtoan", decide="/decide", template=page, outcomes=OUTCOMES)
    add_control(app, "portal_payment", "Thanh toán dịch vụ công mô phỏng", faults, payments.courier, gateway.reset)
    add_books(app, book)
    _add_way_back(app, settings, payments)
    _add_lookups(app, settings, faults)
    return app


def _add_interface(app: Flask, gateway: Gateway, faults: PortalFaults) -> None:
    def answered(reply: dict[str, object] | bytes) -> Answer:
        if faults.take("timeout_after_commit"):
            return "", 504
        return Response(reply, mimetype="application/pdf") if isinstance(reply, bytes) else jsonify(reply)

    @app.post("/platform")
    def platform() -> Answer:
        return answered(gateway.platform(request.get_json(), request.host_url))

    @app.post("/keypay/create")
    def create() -> Answer:
        return answered(gateway.create(request.get_json(), request.host_url))

    @app.post("/keypay/query")
    def query() -> Answer:
        return answered(gateway.query(request.get_json()))


def _add_way_back(app: Flask, settings: Settings, payments: PortalPayments) -> None:
    @app.get("/back")
    def back() -> str:
        order = payments.find(request.args.get("order", ""))
        return render_template("portal_payment/back.html", to=settings.return_to, data=payments.form(order))


def _add_lookups(app: Flask, settings: Settings, faults: PortalFaults) -> None:
    @app.post("/control/lookup")
    def look_up() -> Response:
        """`{"number": ..., "tamper"?, "old"?}`: ask the school whether there is a bill; gives its answer."""
        asked = request.get_json()
        moment = local() if asked.get("old") else faults.now()
        time = "20200101000000" if asked.get("old") else moment.strftime("%Y%m%d%H%M%S")
        body = json.dumps({"MaHoSo": asked["number"], "ThoiGianGD": time}).encode()
        question = urllib.request.Request(settings.lookup_url, body, method="POST")  # noqa: S310 - loopback
        question.add_header("Content-Type", "application/json")
        question.add_header("X-Signature", signing.of_body(settings.lookup_key + asked.get("tamper", ""), body))
        reply = call(question)
        return jsonify({"status": reply.status, "answer": json.loads(reply.body or "null")})
