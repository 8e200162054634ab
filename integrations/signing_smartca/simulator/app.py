"""The simulator's addresses: the service's own, and `/control/` for tests and demos."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, jsonify, request

from core.sdk.testing.simulators import Courier, SimulatorSettings, add_control

from .service import Reply, Service, SigningFaults

_BASE = "/sca/sp769/v1"


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One partner; every personal number is a user with a key."""

    secret: str = "SMARTCA-SIMULATOR-SECRET"
    sp_id: str = "truong"


def create_app(settings: Settings) -> Flask:
    """A simulated service with empty books."""
    app, faults = Flask(__name__), SigningFaults()
    service = Service(faults)
    _add_interface(app, settings, service)
    _add_phone(app, service)
    courier = Courier(faults, (), 1.0, lambda _reply: True)
    add_control(app, "smartca", "SmartCA mô phỏng", faults, courier, service.reset)
    return app


def _add_interface(app: Flask, settings: Settings, service: Service) -> None:
    def answered(reply: Reply) -> tuple[Response, int]:
        code, message, data = reply
        return jsonify(status_code=code, message=message, data=data), code if 400 <= code < 500 else 200

    @app.before_request
    def account() -> tuple[Response, int] | None:
        if request.path.startswith(_BASE):
            body = request.get_json()
            if (body.get("sp_id"), body.get("sp_password")) != (settings.sp_id, settings.secret):
                return jsonify(status_code=401, message="sp_id or sp_password invalid", data=None), 401
        return None

    @app.post(f"{_BASE}/credentials/get_certificate")
    def certificates() -> tuple[Response, int]:
        return answered(service.certificates(request.get_json()))

    @app.post(f"{_BASE}/signatures/sign")
    def sign() -> tuple[Response, int] | tuple[str, int]:
        reply = answered(service.sign(request.get_json()))
        return ("", 504) if service.faults.take("timeout_after_commit") else reply

    @app.post(f"{_BASE}/signatures/sign/<code>/status")
    def status(code: str) -> tuple[Response, int]:
        return answered(service.status(code))


def _add_phone(app: Flask, service: Service) -> None:
    @app.post("/control/orders/<id>/<any(confirm, decline):what>")
    def decide(id: str, what: str) -> Response:
        """What the user does in the app; `id` is the transaction's."""
        return jsonify(done=service.decide(id, yes=what == "confirm"))

    @app.get("/control/ledger")
    def ledger() -> Response:
        return jsonify(service.calls)
