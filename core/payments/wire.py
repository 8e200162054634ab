"""Strict reading of what payment services send: JSON whose numbers stay digits, queries, whole dong, milliseconds.

Signatures are made over the digits that were sent; a float in between would sign as `1.7e+12`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn, TypeAlias
from urllib.parse import unquote_plus, urlsplit

Json: TypeAlias = "bool | str | list[Json] | dict[str, Json] | None"
"""Numbers arrive as the digits that were sent."""

MAX_BODY = 65_536
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_MILLISECONDS = re.compile(r"[0-9]{12,14}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class MalformedError(ValueError):
    """The message cannot be read in one way only."""


def read_object(text: bytes | str) -> dict[str, Json]:
    """A JSON object, each name once, numbers as digits.

    Raises:
        MalformedError: for everything else, also for fractions and exponents: money and numbers here are whole.
    """
    if len(text) > MAX_BODY:
        raise MalformedError("the body is too large")
    try:
        plain = text.decode() if isinstance(text, bytes) else text
        document: Json = json.loads(
            plain, object_pairs_hook=_unique, parse_int=str, parse_float=_refuse, parse_constant=_refuse
        )
    except MalformedError:
        raise
    except (ValueError, RecursionError):
        raise MalformedError("no JSON") from None
    if not isinstance(document, dict):
        raise MalformedError("no JSON object")
    return document


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError("a field comes twice")
    for name, value in pairs:
        if _SURROGATE.search(name) or (isinstance(value, str) and _SURROGATE.search(value)):
            raise MalformedError("a field is no text")
    return found


def _refuse(_text: str) -> NoReturn:
    raise MalformedError("a number is no whole number")


def texts(document: Mapping[str, Json]) -> dict[str, str]:
    """The plain fields as texts, null as empty; lists, objects and truth values are nobody's signed field."""
    return {name: "" if v is None else v for name, v in document.items() if v is None or isinstance(v, str)}


def read_query(query: bytes) -> dict[str, str]:
    """The fields of a return address.

    Raises:
        MalformedError: when it is no ASCII, too long, or a name comes twice.
    """
    if len(query) > MAX_BODY:
        raise MalformedError("the query string is too long")
    fields: dict[str, str] = {}
    try:
        for part in filter(None, query.decode("ascii").split("&")):
            name, _equals, value = part.partition("=")
            name, value = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
            if name in fields:
                raise MalformedError("a field comes twice")
            fields[name] = value
    except UnicodeDecodeError:
        raise MalformedError("the query string is not UTF-8") from None
    return fields


def amount(text: str) -> int:
    """Whole dong.

    Raises:
        MalformedError: for nothing, signs, fractions, leading zeros.
    """
    if not _AMOUNT.fullmatch(text):
        raise MalformedError("amount is no whole number of dong")
    return int(text)


def moment(text: str, otherwise: datetime) -> datetime:
    """Milliseconds since 1970 as UTC, or `otherwise` when they cannot be read."""
    if not _MILLISECONDS.fullmatch(text):
        return otherwise
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def clean(text: str, limit: int = 200) -> str:
    """Text that can be stored: without control characters and lone surrogates, not longer than `limit`."""
    return _CONTROL.sub(" ", text)[:limit]


def is_web_address(text: str) -> bool:
    """Whether a text is an address of HTTP with a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
