"""The simulator in this process, as the other side of the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core.sdk.einvoices import HttpAnswer
from integrations.einvoice.simulator import Settings, create_app

SETTINGS = Settings()
CONFIG = {
    "api_url": "http://127.0.0.1:8096/v1",
    "tax_code": SETTINGS.tax_code,
    "secret": SETTINGS.secret,
    "template": "2",
    "symbol": "C26TTR",
}


class Service:
    """An empty simulator; also the HTTP client that reaches it."""

    def __init__(self) -> None:
        self._client = create_app(SETTINGS).test_client()
        self.requests: list[str] = []

    @property
    def http(self) -> Service:
        return self

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        path = urlsplit(url).path
        self.requests.append(f"{method} {path}")
        answer = self._client.open(path, method=method, headers=dict(headers or {}), data=body)
        return HttpAnswer(answer.status_code, dict(answer.headers), answer.get_data())

    def turn(self, **knobs: float) -> None:
        assert self._client.post("/control/faults", json=knobs).status_code == 200

    def lose_answer(self) -> None:
        self.turn(timeout_after_commit=1)

    def refuse(self) -> None:
        self.turn(refuse=1)

    def hold_codes(self) -> None:
        self.turn(code_delay=-1.0)

    def give_codes(self) -> None:
        self._client.post("/control/codes")

    def issued(self) -> int:
        return int(self.ledger()["issued"])

    def ledger(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.get("/control/ledger").get_json()
        return found
