"""What the page's script is told, and what it answers (`static/agent.js`)."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

import msgspec

from core.sdk.signing import SigningOrder, kept

AGENT_URL = "wss://127.0.0.1:8987/SignMsg"
_MOST_ANSWER = 400_000


class Answer(msgspec.Struct, frozen=True):
    """Signatures and certificates in Base64, by document; `error` where the agent gave none or not all."""

    signatures: dict[str, str] = {}
    certificates: dict[str, str] = {}
    error: str = ""


def prompt(order: SigningOrder, address: str) -> str:
    """The digests that are not signed yet, with what the signer is shown of each."""
    there = kept(order)
    wanted = [
        {"id": one.document_id, "digest": base64.b64encode(one.digest).decode(), "label": one.label}
        for one in order.digests
        if one.document_id not in there
    ]
    return json.dumps({"agent": address, "digests": wanted}, ensure_ascii=False, separators=(",", ":"))


def read_answer(text: str) -> Answer | None:
    """The script's answer; None for what is none."""
    try:
        return msgspec.json.decode(text, type=Answer) if len(text) <= _MOST_ANSWER else None
    except (msgspec.DecodeError, UnicodeError):
        return None


def is_agent(address: str) -> bool:
    """Whether an address is a web socket of the signer's own computer: digests go nowhere else."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.password is None and not parts.query and not parts.fragment
    return parts.scheme in ("wss", "ws") and parts.hostname in ("127.0.0.1", "localhost") and bool(port) and plain


def decoded(text: str) -> bytes:
    """Base64; what cannot be read is empty, and so not genuine."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
