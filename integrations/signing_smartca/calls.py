"""One request to the service: JSON by POST, the account in the body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from core.sdk.signing import Config, HttpClient, HttpFailure, NoAnswer

from .codes import STATES
from .messages import Envelope

API_URL = "https://gwsca.vnpt.vn/sca/sp769/v1"
T = TypeVar("T", bound=msgspec.Struct)


def post(path: str, body: Mapping[str, object], config: Config, http: HttpClient) -> Envelope | NoAnswer:
    """Send a request; what is no answer of the service decides nothing."""
    url = f"{(config.get('api_url') or API_URL).rstrip('/')}/{path}"
    account = {"sp_id": config.get("sp_id", ""), "sp_password": config.get("sp_password", "")}
    sent = json.dumps({**account, **body}, ensure_ascii=False).encode()
    try:
        answer = http.request("POST", url, headers={"Content-Type": "application/json"}, body=sent, timeout=30.0)
    except HttpFailure:
        return NoAnswer("no answer")
    try:
        found = msgspec.json.decode(answer.body, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NoAnswer(f"HTTP status {answer.status}, and the answer cannot be read")
    if answer.status in (401, 403, 429) or answer.status >= 500:
        return NoAnswer(f"HTTP status {answer.status}, code {found.status_code}")
    return found


def content(found: Envelope, kind: type[T]) -> T | NoAnswer:
    """The `data` of an answer."""
    try:
        return msgspec.json.decode(found.data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        known = found.status_code in STATES
        return NoAnswer(f"code {found.status_code}" + (", and its data cannot be read" if known else ""))
