"""ZaloPay's spelling of things: JSON with numbers kept as digits, milliseconds, numbers that begin with the day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NoReturn, TypeAlias
from urllib.parse import unquote_plus

Json: TypeAlias = "bool | str | list[Json] | dict[str, Json] | None"
"""Numbers arrive as the digits that were sent."""

GMT7 = timezone(timedelta(hours=7))
MAX_BODY = 65_536
_AMOUNT = re.compile(r"[1-9][0-9]{0,12}")
_MILLISECONDS = re.compile(r"[0-9]{12,14}")
_TRANSACTION = re.compile(r"[0-9]{6}_([A-Za-z0-9_.-]{1,33})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SUPPORT = (
    "app_trans_id", "channel", "server_time", "user_fee_amount", "discount_amount", "return_code", "sub_return_code",
    "m_refund_id", "refund_id",
)  # fmt: skip


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
    """The plain fields as texts, null as empty."""
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


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def moment(text: str, otherwise: datetime) -> datetime:
    """Milliseconds since 1970 as UTC, or `otherwise` when they cannot be read."""
    if not _MILLISECONDS.fullmatch(text):
        return otherwise
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def day(moment: datetime) -> str:
    """yymmdd in GMT+7: a server on UTC would be a day behind between midnight and seven."""
    return moment.astimezone(GMT7).strftime("%y%m%d")


def transaction(reference: str, created_at: datetime) -> str:
    """`app_trans_id` of a payment."""
    return f"{day(created_at)}_{reference}"


def reference_of(app_trans_id: str) -> str:
    """Our reference in an `app_trans_id`.

    Raises:
        MalformedError: when it is not one.
    """
    found = _TRANSACTION.fullmatch(app_trans_id)
    if found is None:
        raise MalformedError("app_trans_id is no number of an order")
    return found[1]


def clean(text: str, limit: int = 200) -> str:
    """Text that can be stored: without control characters and lone surrogates, not longer than `limit`."""
    return _CONTROL.sub(" ", text)[:limit]


def support_data(fields: Mapping[str, str]) -> dict[str, str]:
    """What support may need later: numbers and codes; not the payer's id at ZaloPay."""
    return {name: clean(fields[name], 64) for name in _SUPPORT if fields.get(name)}
