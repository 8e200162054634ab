"""One request to the platform: JSON over POST. Answers are not signed; TLS and what they echo vouch for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.sdk import wire
from core.sdk.payments import Config, HttpClient, HttpFailure, Unknown

PATIENCE = 30.0


def post(url: str, body: Mapping[str, object], config: Config, http: HttpClient) -> dict[str, wire.Json] | Unknown:
    """Send a request; its answer as an object."""
    content = post_raw(url, body, config, http)
    if isinstance(content, Unknown):
        return content
    try:
        return wire.read_object(content)
    except wire.MalformedError as error:
        return Unknown(f"the answer cannot be read: {error}")


def post_raw(url: str, body: Mapping[str, object], config: Config, http: HttpClient) -> bytes | Unknown:
    """Send a request; the bytes of its answer, which may be a document."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if config.get("token"):
        headers["Authorization"] = f"Bearer {config['token']}"
    try:
        sent = json.dumps(body, ensure_ascii=False).encode()
        answer = http.request("POST", url, headers=headers, body=sent, timeout=PATIENCE)
    except HttpFailure:
        return Unknown("no answer")
    return answer.body if answer.status == 200 else Unknown(f"HTTP status {answer.status}")


def inner(value: wire.Json) -> dict[str, str]:
    """The fields of a `message`, which is an object or one written as a text."""
    try:
        document = wire.read_object(value) if isinstance(value, str) else value
    except wire.MalformedError:
        return {}
    return wire.texts(document) if isinstance(document, dict) else {}


def fine(code: str) -> bool:
    """Whether a code means success: it is written as 0, "0" and "00"."""
    return code in ("0", "00")
