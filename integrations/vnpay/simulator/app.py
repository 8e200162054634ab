"""The simulator's addresses: VNPay's own, and `/control/` for tests and demos."""

from __future__ import annotations

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from core.sdk.testing.simulators import ServiceFaults, add_books, add_control, add_payers

from .ledger import OUTCOMES, Ledger
from .merchant_api import MerchantApi
from .payments import RequestRefusedError, VnpayPayments
from .settings import Settings


def create_app(settings: Settings) -> Flask:
    """A simulated VNPay with an empty ledger."""
    app = Flask(__name__)
    ledger, faults = Ledger(), ServiceFaults()
    payments, api = VnpayPayments(settings, ledger, faults), MerchantApi(settings, ledger, faults)
    _add_pay_pages(app, payments)
    _add_merchant_api(app, api, faults)
    add_control(app, "vnpay", "VNPay mô phỏng", faults, payments.courier, ledger.reset)
    add_books(app, ledger, fee_per_mille=8)
    add_payers(app, payments)
    return app


def _add_pay_pages(app: Flask, payments: VnpayPayments) -> None:
    """The page is the signed request itself, so its form carries the whole query on."""

    @app.errorhandler(RequestRefusedError)
    def refused(error: RequestRefusedError) -> tuple[str, int]:
        return render_template("refused.html", code=error.code, text=str(error)), 400

    @app.get("/paymentv2/vpcpay.html")
    def pay() -> str:
        raw = request.query_string.decode("ascii", "replace")
        return render_template("pay.html", order=payments.find(raw), query=raw)

    @app.post("/paymentv2/decide")
    def decide() -> AnyResponse:
        outcome = request.form["outcome"]
        if outcome not in OUTCOMES:
            raise RequestRefusedError("99", "Không có lựa chọn này")
        return redirect(payments.decide(payments.find(request.form["query"]), outcome), 302)


def _add_merchant_api(app: Flask, api: MerchantApi, faults: ServiceFaults) -> None:
    @app.post("/merchant_webapi/api/transaction")
    def transaction() -> Response | tuple[str, int]:
        body = request.get_json()
        fields = {str(name): "" if value is None else str(value) for name, value in body.items()}
        reply = api.answer(fields)
        if faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply)
