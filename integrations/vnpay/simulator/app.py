"""The simulator's addresses: VNPay's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from core.sdk.testing.simulators import add_control, moment_of

from .faults import VnpayFaults
from .ledger import OUTCOMES, Ledger
from .merchant_api import MerchantApi
from .payments import Payments, RequestRefusedError
from .settings import Settings


def create_app(settings: Settings) -> Flask:
    """A simulated VNPay with an empty ledger."""
    app = Flask(__name__)
    ledger, faults = Ledger(), VnpayFaults()
    payments, api = Payments(settings, ledger, faults), MerchantApi(settings, ledger, faults)
    _add_pay_pages(app, payments)
    _add_merchant_api(app, api, faults)
    add_control(app, "vnpay", "VNPay mô phỏng", faults, payments.courier, ledger.reset)
    _add_books(app, payments, api, ledger)
    return app


def _add_pay_pages(app: Flask, payments: Payments) -> None:
    @app.errorhandler(RequestRefusedError)
    def refused(error: RequestRefusedError) -> tuple[str, int]:
        return render_template("refused.html", code=error.code, text=str(error)), 400

    @app.get("/paymentv2/vpcpay.html")
    def pay() -> str:
        raw = request.query_string.decode("ascii", "replace")
        return render_template("pay.html", order=payments.open(raw), query=raw)

    @app.post("/paymentv2/decide")
    def decide() -> AnyResponse:
        outcome = request.form["outcome"]
        if outcome not in OUTCOMES:
            raise RequestRefusedError("99", "Không có lựa chọn này")
        return redirect(payments.decide(payments.open(request.form["query"]), outcome), 302)


def _add_merchant_api(app: Flask, api: MerchantApi, faults: VnpayFaults) -> None:
    @app.post("/merchant_webapi/api/transaction")
    def transaction() -> Response | tuple[str, int]:
        body = request.get_json()
        fields = {str(name): "" if value is None else str(value) for name, value in body.items()}
        reply = api.answer(fields)
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply)


def _add_books(app: Flask, payments: Payments, api: MerchantApi, ledger: Ledger) -> None:
    @app.get("/control/ledger")
    def show_ledger() -> Response:
        return jsonify(ledger.to_json())

    @app.post("/control/pay")
    def pay_at_once() -> Response:
        """`{"url": <pay address>, "outcome": ...}`: what a payer would do in the browser."""
        body = request.get_json()
        order = payments.open(str(body["url"]).partition("?")[2])
        return jsonify({"return_url": payments.decide(order, body.get("outcome", "success"))})

    @app.post("/control/notices")
    def notices() -> Response:
        """`{"payments": [{"url", "outcome", "at"}]}` are decided at those moments; their signed calls are the answer.

        Nothing is sent: a demo hands the calls in by itself.
        """
        made = []
        for wanted in request.get_json()["payments"]:
            at = moment_of(wanted["at"])
            order = payments.open(str(wanted["url"]).partition("?")[2], at)
            made.append(payments.settle(order, wanted.get("outcome", "success"), at).to_json())
        return jsonify({"notices": made})

    @app.post("/control/refunds")
    def settle_refunds() -> Response:
        return jsonify({"settled": api.settle_refunds(request.get_json()["result"])})
