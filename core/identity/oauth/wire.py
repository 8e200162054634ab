"""Requests and answers of the protocol without any web framework."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.identity.library import OAuth2Payload, OAuth2Request


@dataclass(frozen=True, slots=True)
class Call:
    """What came in: query, form and headers as they were sent."""

    method: str
    query: Mapping[str, list[str]]
    form: Mapping[str, list[str]]
    headers: Mapping[str, str]
    address: str = ""
    """Where it came from."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out."""

    status: int
    body: Mapping[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """Where a browser is sent; empty when the answer is a document."""
        return self.headers.get("Location", "")


class _Payload(OAuth2Payload):  # type: ignore[misc]  # Authlib ships no types
    """Query of the authorization endpoint, form of all others: a secret in an address is not even seen."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._lists = values
        self._first = {name: given[0] for name, given in values.items() if given}

    @property
    def data(self) -> dict[str, str]:
        return self._first

    @property
    def datalist(self) -> Mapping[str, list[str]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._lists


class Request(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """A request as Authlib wants it."""

    auth_method: str | None

    def __init__(self, call: Call) -> None:
        # Whether the transport is safe is the installation's to say: in production `base_url` must be https.
        super().__init__(call.method, "https://server.invalid/", headers=_readable(call.headers))
        self.payload = _Payload({**call.query, **call.form} if call.method == "GET" else call.form)
        self.address = call.address
        self._form = {name: given[0] for name, given in call.form.items() if given}

    @property
    def args(self) -> dict[str, str]:
        return dict(self.payload.data)

    @property
    def form(self) -> dict[str, str]:
        return self._form


def _readable(headers: Mapping[str, str]) -> dict[str, str]:
    """Without an Authorization header that is no text: the library would break on it."""
    found = dict(headers)
    _kind, _space, given = found.get("Authorization", "").partition(" ")
    try:
        base64.b64decode(given).decode()
    except ValueError:
        found.pop("Authorization", None)
    return found
