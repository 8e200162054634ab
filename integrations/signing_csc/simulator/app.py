"""The simulator's addresses: those of the standard under `/csc/v1` and `/csc/v2`, and `/control/`."""

from __future__ import annotations

import base64
import hmac

from flask import Flask, Response, jsonify, request

from core.sdk.testing.simulators import Courier, add_control

from .service import RefusedError, Service
from .settings import Settings, SigningFaults

Answer = Response | tuple[Response, int] | tuple[str, int]


def create_app(settings: Settings) -> Flask:
    """A simulated service with one person's key."""
    app = Flask(__name__)
    faults = SigningFaults()
    service = Service(settings, faults)
    _add_sign_in(app, service)
    _add_interface(app, service)
    add_control(app, "csc", "Ký số từ xa mô phỏng", faults, Courier(faults, (), 1.0, lambda _r: True), service.reset)

    @app.get("/control/ledger")
    def ledger() -> Response:
        """How often each method was called."""
        return jsonify(service.calls)

    return app


def _add_sign_in(app: Flask, service: Service) -> None:
    settings = service.settings

    @app.post("/csc/<any(v1, v2):version>/auth/login")
    def login(version: str) -> Answer:
        service.calls["auth/login"] += 1
        wanted = base64.b64encode(f"{settings.client}:{settings.secret}".encode()).decode()
        return _token(hmac.compare_digest(request.headers.get("Authorization", ""), f"Basic {wanted}"))

    @app.post("/csc/<any(v1, v2):version>/oauth2/token")
    def token(version: str) -> Answer:
        service.calls["oauth2/token"] += 1
        form = request.form
        right = (form.get("client_id"), form.get("client_secret")) == (settings.client, settings.secret)
        return _token(right and form.get("grant_type") == "client_credentials")

    def _token(right: bool) -> Answer:
        if not right:
            return jsonify(error="authentication_error", error_description="An error occurred during login"), 400
        return jsonify(access_token=service.token, token_type="Bearer", expires_in=3600)


def _add_interface(app: Flask, service: Service) -> None:
    @app.post("/csc/<any(v1, v2):version>/<path:method>")
    def interface(version: str, method: str) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {service.token}":
            return jsonify(error="invalid_token", error_description="Invalid access_token"), 401
        try:
            reply = service.answer(method, request.get_json(), second=version == "v2")
        except RefusedError as error:
            return jsonify(error=error.code, error_description=str(error)), error.status
        if method == "signatures/signHash" and service.faults.take("timeout_after_commit"):
            return "", 504
        return jsonify(reply) if reply else ("", 204)
