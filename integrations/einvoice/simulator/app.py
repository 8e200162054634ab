"""The simulator's addresses: the service's own, and `/control/` for tests and demos."""

from __future__ import annotations

import hashlib
import hmac
import json

from flask import Flask, Response, jsonify, request
from markupsafe import escape

from core.sdk.testing.simulators import Courier, add_control

from .register import Fields, Invoice, Register
from .settings import InvoiceFaults, Settings

WORDS = {
    "BUYER_TAX_CODE": "Mã số thuế của người mua không đúng.",
    "TOTAL_DIFFERS": "Tổng tiền khác tổng các dòng.",
    "ORIGINAL_UNKNOWN": "Không tìm thấy hóa đơn gốc.",
}


def create_app(settings: Settings) -> Flask:
    """A simulated service with an empty register."""
    app = Flask(__name__)
    faults = InvoiceFaults()
    register = Register(faults)
    app.before_request(lambda: _refuse_forged(settings))
    _add_interface(app, register, faults)
    courier = Courier(faults, [], settings.speed, lambda reply: True)
    add_control(app, "einvoice", "Hóa đơn điện tử mô phỏng", faults, courier, register.reset)

    @app.get("/control/ledger")
    def ledger() -> Response:
        return jsonify(register.to_json())

    @app.post("/control/codes")
    def codes() -> Response:
        return jsonify({"given": register.give_codes()})

    @app.get("/tra-cuu/<code>")
    def buyer_page(code: str) -> str:
        found = next((i for i in register.invoices.values() if i.id[:10].upper() == code), None)
        return f"<!doctype html><title>Tra cứu</title><pre>{escape(json.dumps(found and found.order, indent=1))}</pre>"

    return app


def _refuse_forged(settings: Settings) -> tuple[Response, int] | None:
    """Own signing code, written from the document."""
    if not request.path.startswith("/v1/"):
        return None
    digest = hashlib.sha256(request.get_data()).hexdigest()
    signed = f"{request.method}\n{request.path}\n{request.headers.get('X-Timestamp', '')}\n{digest}"
    expected = hmac.digest(settings.secret.encode(), signed.encode(), "sha256").hex()
    given = request.headers.get("X-Signature", "")
    if given != expected or request.headers.get("X-Tax-Code") != settings.tax_code:
        return jsonify({"code": "UNAUTHORIZED", "message": "Sai chữ ký."}), 401
    return None


def _add_interface(app: Flask, register: Register, faults: InvoiceFaults) -> None:
    @app.post("/v1/invoices")
    def take() -> tuple[Response, int] | tuple[str, int]:
        invoice, known = register.take(request.get_json())
        for _copy in range(faults.take_all("duplicate")):
            invoice, known = register.take(request.get_json())
        if faults.take("timeout_after_commit"):
            return "", 504
        if known:
            return jsonify({"code": "DUPLICATE_KEY", "key": invoice.key}), 409
        return jsonify(_told(invoice)), 422 if invoice.refused else 201

    @app.get("/v1/invoices/<path:key>")
    def show(key: str) -> tuple[Response, int] | tuple[str, int]:
        if faults.take("timeout_after_commit"):
            return "", 504
        found = register.invoices.get(key)
        if found is None:
            return jsonify({"code": "NOT_FOUND", "key": key}), 404
        return jsonify(_told(found)), 200


def _told(invoice: Invoice) -> Fields:
    if invoice.refused:
        words = WORDS[invoice.refused]
        return {"key": invoice.key, "status": "rejected", "code": invoice.refused, "message": words}
    done = "cancelled" if invoice.order["kind"] == "cancel" else "accepted"
    retrieval = invoice.id[:10].upper()
    return {
        "key": invoice.key,
        "status": done if invoice.code else "signed",
        "id": invoice.id,
        "symbol": f"{invoice.order['template']}{invoice.order['symbol']}",
        "number": invoice.number,
        "retrievalCode": retrieval,
        "authorityCode": invoice.code,
        "url": f"{request.host_url}tra-cuu/{retrieval}",
    }
