"""Logs: one line each, as JSON where machines read them, without personal data, with the request that they belong to.

The first rule is not to log what is personal. This is the second wall: texts of exceptions never pass (they quote
values of rows), and what looks like a phone number, an e-mail address, a national id, a token or a query string is
blotted out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal

from core.types.tracing import place, request_id

_BLOTS = (
    (re.compile(r"([?&][\w.\[\]-]+=)[^\s&#\"']+"), r"\1…"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"(?<![\w.-])(?:\+?84|0)(?:[ .-]?\d){9,10}(?![\w-])"), "…"),
    (re.compile(r"(?<![\w.-])\d{12}(?![\w-])"), "…"),
    (re.compile(r"\b(?:whsec|whsk|Bearer|Apikey)[_ ]\S+"), "…"),
    (re.compile(r"(?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{40,}(?![\w/.])"), "…"),
)
Form = Literal["text", "json"]


def scrub(text: str) -> str:
    """The text without what may point to a person or open a door.

    >>> scrub("GET /pay?token=abc from 0912345678")
    'GET /pay?token=… from …'
    """
    for pattern, blot in _BLOTS:
        text = pattern.sub(blot, text)
    return text


class _Clean(logging.Formatter):
    """What both forms share: the message scrubbed, an exception as its kind and places."""

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        """The fields of a line."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        found: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        if request_id():
            found["request"] = request_id()
        if error is not None:
            found["error"] = place(error)
        fields = getattr(record, "fields", None)
        return found | fields if isinstance(fields, dict) else found


class JsonFormatter(_Clean):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.parts(record), ensure_ascii=False, default=str)


class TextFormatter(_Clean):
    """The same for eyes: `time level logger message name=value ...`."""

    def format(self, record: logging.LogRecord) -> str:
        found = self.parts(record)
        head = [str(found.pop(name)) for name in ("time", "level", "logger", "message")]
        return " ".join([*head, *(f"{name}={value}" for name, value in found.items())])


_CHATTY = ("urllib3", "alembic", "fontTools")
"""Libraries of which only warnings are of interest."""


def configure(form: Form) -> None:
    """Send everything to standard error in this form, from INFO on. Called once by each program."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def gunicorn_config(form: Form) -> dict[str, Any]:
    """`logconfig_dict` for gunicorn, whose own lines come out in the same form."""
    formatter = "JsonFormatter" if form == "json" else "TextFormatter"
    own: dict[str, object] = {"level": "INFO", "handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"truong": {"()": f"{__name__}.{formatter}"}},
        "handlers": {"truong": {"class": "logging.StreamHandler", "formatter": "truong", "stream": "ext://sys.stderr"}},
        "root": {"level": "INFO", "handlers": ["truong"]},
        "loggers": {"gunicorn.error": own, "gunicorn.access": own, **{name: {"level": "WARNING"} for name in _CHATTY}},
    }
