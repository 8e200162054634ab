"""The simulator's addresses: Stripe's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from core.sdk.testing.simulators import add_books, add_control, add_pages

from .account import DISPUTES, OUTCOMES, Account
from .api import Api
from .payments import StripeFaults, StripePayments
from .settings import Settings

ANSWER = Response | tuple[Response, int] | tuple[str, int]


def create_app(settings: Settings) -> Flask:
    """A simulated Stripe with an empty account."""
    app = Flask(__name__)
    account, faults = Account(), StripeFaults()
    api, payments = Api(settings, account, faults), StripePayments(settings, account, faults)
    _add_interface(app, api, payments, faults)
    add_pages(app, payments, pay="/c/pay", decide="/c/decide", template="stripe/pay.html", outcomes=OUTCOMES)
    add_control(app, "stripe", "Stripe mô phỏng", faults, payments.courier, api.reset)
    add_books(app, account, fee_per_mille=34)
    _add_banks(app, api, payments)
    return app


def _add_interface(app: Flask, api: Api, payments: StripePayments, faults: StripeFaults) -> None:
    @app.route("/v1/<path:path>", methods=["GET", "POST"])
    def interface(path: str) -> ANSWER:
        refused = api.allowed(request.headers.get("Authorization", ""))
        if refused:
            return jsonify(refused[1]), refused[0]
        if request.method == "GET":
            status, content = api.get(path, request.args.to_dict())
            return jsonify(content), status
        before = {refund.number for order in api.account.orders.values() for refund in order.refunds}
        key = request.headers.get("Idempotency-Key", "")
        status, content = api.post(path, list(request.form.items(multi=True)), key, request.host_url)
        for order in api.account.orders.values():
            for refund in order.refunds:
                if refund.number not in before:
                    payments.refunded(order, refund, "refund.created")
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(content), status


def _add_banks(app: Flask, api: Api, payments: StripePayments) -> None:
    """What banks and people at Stripe's own pages do: disputes, refunds that nobody here ordered, late failures."""

    @app.post("/control/disputes")
    def dispute() -> ANSWER:
        """`{"url": <page>, "status": "needs_response" | ... | "lost"}`"""
        body = request.get_json()
        if body["status"] not in DISPUTES:
            return jsonify({"error": "no such status"}), 400
        payments.disputed(payments.find(str(body["url"])), body["status"])
        return jsonify({})

    @app.post("/control/outside-refunds")
    def outside() -> ANSWER:
        """`{"url": <page>, "amount": dong}`: a refund made at Stripe's own page."""
        body = request.get_json()
        order = payments.find(str(body["url"]))
        status, content = api.give_back(order, int(body["amount"]), "outside")
        if status == 200:
            payments.refunded(order, order.refunds[-1], "refund.created")
        return jsonify(content), status

    @app.post("/control/late-failures")
    def fail_late() -> ANSWER:
        """Every refund that had succeeded fails after all, as banks make it happen days later."""
        for order in api.account.orders.values():
            for refund in order.refunds:
                if refund.state == "done":
                    refund.state = "failed"
                    payments.refunded(order, refund, "refund.failed")
        return jsonify({})
