"""One request to the service: JSON by POST with a bearer token; errors by the standard's error object."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from core.sdk.signing import Config, HttpAnswer, HttpClient, HttpFailure, NoAnswer

from .messages import ErrorAnswer, Nothing, Struct, Token

T = TypeVar("T", bound=Struct)
_UNDECIDED = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Denied:
    """The service has decided: no."""

    code: str
    description: str = field(default="", repr=False)

    def about(self, *words: str) -> bool:
        """Whether code or description name one of these (upper case); services differ in the code they use."""
        text = f"{self.code} {self.description}".upper()
        return any(word in text for word in words)


class Service:
    """The service of one account for one call of the port: it signs in at most once."""

    def __init__(self, config: Config, http: HttpClient) -> None:
        self._config, self._http = config, http
        self._token = ""
        self.address = config.get("api_url", "").rstrip("/")
        self.second = config.get("version", "v1") == "v2"

    def ask(self, path: str, body: Mapping[str, object], kind: type[T]) -> T | Denied | NoAnswer:
        """Call a method of the interface, signed in."""
        if not self._token:
            token = self._sign_in()
            if not isinstance(token, Token):
                return token
            self._token = token.access_token
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        return self._post(f"{self.address}/{path}", headers, json.dumps(body).encode(), kind)

    def tell(self, path: str, body: Mapping[str, object]) -> Nothing | Denied | NoAnswer:
        """Call a method whose answer has no content (204, or 200 with an empty object)."""
        return self.ask(path, body, Nothing)

    def _sign_in(self) -> Token | Denied | NoAnswer:
        client, secret = self._config.get("client_id", ""), self._config.get("client_secret", "")
        if self._config.get("auth", "oauth2") == "basic":
            basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
            headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
            answer = self._post(f"{self.address}/auth/login", headers, b"{}", Token)
        else:
            form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
            url = self._config.get("token_url") or f"{self.address}/oauth2/token"
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = self._post(url, headers, urlencode(form).encode(), Token)
        # A wrong client secret is the school's affair and can be mended; it decides nothing about an order.
        return NoAnswer(f"the account was not accepted: {answer.code}") if isinstance(answer, Denied) else answer

    def _post(self, url: str, headers: Mapping[str, str], body: bytes, kind: type[T]) -> T | Denied | NoAnswer:
        try:
            answer = self._http.request("POST", url, headers=headers, body=body, timeout=30.0)
        except HttpFailure:
            return NoAnswer("no answer")
        return read(answer, kind)


def read(answer: HttpAnswer, kind: type[T]) -> T | Denied | NoAnswer:
    """An answer; what is neither content nor a readable refusal decides nothing."""
    if answer.status in _UNDECIDED or answer.status >= 500:
        return NoAnswer(f"HTTP status {answer.status}")
    if answer.status == 204 and kind is Nothing:
        return kind()
    try:
        if answer.status == 200:
            return msgspec.json.decode(answer.body, type=kind)
        found = msgspec.json.decode(answer.body, type=ErrorAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NoAnswer(f"HTTP status {answer.status}, and the answer cannot be read")
    if answer.status == 401 or found.error in ("server_error", "temporarily_unavailable", "invalid_token"):
        return NoAnswer(f"not now: {found.error}"[:80])
    return Denied(found.error[:40], found.error_description)
