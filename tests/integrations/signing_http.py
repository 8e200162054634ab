"""An HTTP client that reaches a simulator in the same process."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask

from core.sdk.signing import HttpAnswer


class AppHttp:
    """Requests go to a WSGI application, whatever their host."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self.sent: list[tuple[str, bytes]] = []

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
        self.sent.append((path, body))
        answer = self._client.open(path, method=method, headers=dict(headers or {}), data=body)
        return HttpAnswer(answer.status_code, dict(answer.headers), answer.data)
