"""The simulator's addresses: VNPay's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from .faults import Faults
from .ledger import OUTCOMES, Ledger
from .merchant_api import MerchantApi
from .payments import Payments, RequestRefusedError
from .settings import Settings


def create_app(settings: Settings) -> Flask:
    """A simulated VNPay with an empty ledger."""
    app = Flask(__name__)
    ledger, faults = Ledger(), Faults()
    payments, api = Payments(settings, ledger, faults), MerchantApi(settings, ledger, faults)
    _add_pay_pages(app, payments)
    _add_merchant_api(app, api, faults)
    _add_control(app, payments, api, ledger, faults)
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


def _add_merchant_api(app: Flask, api: MerchantApi, faults: Faults) -> None:
    @app.post("/merchant_webapi/api/transaction")
    def transaction() -> Response | tuple[str, int]:
        body = request.get_json()
        fields = {str(name): "" if value is None else str(value) for name, value in body.items()}
        reply = api.answer(fields)
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply)


def _add_control(app: Flask, payments: Payments, api: MerchantApi, ledger: Ledger, faults: Faults) -> None:
    @app.get("/control/health")
    def health() -> Response:
        return jsonify({"simulator": "vnpay"})

    @app.get("/control/ledger")
    def show_ledger() -> Response:
        return jsonify(ledger.to_json())

    @app.get("/control/faults")
    def show_faults() -> Response:
        return jsonify(faults.to_json())

    @app.post("/control/faults")
    def set_faults() -> Response | tuple[Response, int]:
        try:
            faults.update(request.get_json())
        except ValueError as error:
            return jsonify({"error": str(error)}), 400
        return jsonify(faults.to_json())

    @app.post("/control/pay")
    def pay_at_once() -> Response:
        """`{"url": <pay address>, "outcome": ...}`: what a payer would do in the browser."""
        body = request.get_json()
        order = payments.open(str(body["url"]).partition("?")[2])
        return jsonify({"return_url": payments.decide(order, body.get("outcome", "success"))})

    @app.post("/control/refunds")
    def settle_refunds() -> Response:
        return jsonify({"settled": api.settle_refunds(request.get_json()["result"])})

    @app.post("/control/reset")
    def reset() -> Response:
        """An empty ledger and no faults, as at the start."""
        payments.courier.reset()
        ledger.reset()
        faults.reset()
        return jsonify({})

    @app.get("/control/calls")
    def calls() -> Response:
        """Calls made so far; with `wait=<n>` only when there are n (at most 30 s)."""
        payments.courier.wait_for(request.args.get("wait", 0, int), 30.0)
        return jsonify(payments.courier.log)
