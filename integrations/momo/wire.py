"""MoMo's spelling of things: JSON whose numbers are kept as their digits, milliseconds, whole dong, order numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn, TypeAlias
from urllib.parse import unquote_plus

Json: TypeAlias = "bool | str | list[Json] | dict[str, Json] | None"
"""Numbers arrive as the digits that were sent: a float in between would sign as `1.7e+12`."""

MAX_BODY = 65_536
MAX_AMOUNT = 10**12
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_MILLISECONDS = re.compile(r"[0-9]{12,14}")
_ORDER = re.compile(r"[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*")
_REFUND = re.compile(r"RF([0-9a-f]{32})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SUPPORT = ("resultCode", "payType", "orderType", "requestId", "transId", "responseTime")


class MalformedError(ValueError):
    """The message cannot be read in one way only."""


def read_object(body: bytes) -> dict[str, Json]:
    """A JSON object in UTF-8, each name once, numbers as digits.

    Raises:
        MalformedError: for everything else, also for fractions and exponents: money and numbers here are whole.
    """
    if len(body) > MAX_BODY:
        raise MalformedError("the body is too large")
    try:
        document: Json = json.loads(
            body.decode(), object_pairs_hook=_unique, parse_int=str, parse_float=_refuse, parse_constant=_refuse
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


def order_number(text: str) -> str:
    """An order number as MoMo allows it.

    Raises:
        MalformedError: for another one.
    """
    if len(text) > 50 or not _ORDER.fullmatch(text):
        raise MalformedError("orderId is no order number")
    return text


def refund_number(order_id: str) -> str:
    """MoMo wants a new order number for each refund: the refund order's own."""
    return f"RF{order_id}"


def refund_of(text: str) -> str | None:
    """The refund order (hex) that an order number of ours stands for."""
    found = _REFUND.fullmatch(text)
    return found[1] if found else None


def clean(text: str, limit: int = 200) -> str:
    """Text that can be stored: without control characters and lone surrogates, not longer than `limit`."""
    return _CONTROL.sub(" ", text)[:limit]


def support_data(params: Mapping[str, str]) -> dict[str, str]:
    """What support may need later: codes and numbers, no names."""
    return {name: clean(params[name], 64) for name in _SUPPORT if params.get(name)}
