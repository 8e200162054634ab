"""VNPay's spelling of things: hundredths of a dong, GMT+7 dates, plain ASCII, query strings, JSON."""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_plus

GMT7 = timezone(timedelta(hours=7))
MAX_AMOUNT = 9_999_999_999
"""Dong; `vnp_Amount` has at most 12 digits and counts hundredths."""
MAX_QUERY = 8192
_AMOUNT = re.compile(r"[0-9]{1,12}")
_MOMENT = re.compile(r"[0-9]{14}")
_SUPPORT = (
    "BankCode",
    "BankTranNo",
    "CardType",
    "ResponseCode",
    "TransactionStatus",
    "TransactionNo",
    "PayDate",
)
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class MalformedError(ValueError):
    """The message cannot be read in one way only."""


def to_amount(dong: int) -> str:
    """Dong as `vnp_Amount`.

    Raises:
        ValueError: for zero, negative and too large amounts.
    """
    if not 0 < dong <= MAX_AMOUNT:
        raise ValueError(f"VNPay carries 1 to {MAX_AMOUNT:,} VND")
    return str(dong * 100)


def from_amount(text: str) -> int:
    """`vnp_Amount` as dong; nothing and a fraction of a dong are refused."""
    if not _AMOUNT.fullmatch(text) or not int(text) or int(text) % 100:
        raise MalformedError("vnp_Amount is no whole number of dong")
    return int(text) // 100


def to_moment(moment: datetime) -> str:
    """yyyyMMddHHmmss in GMT+7, 24-hour clock."""
    return moment.astimezone(GMT7).strftime("%Y%m%d%H%M%S")


def from_moment(text: str, otherwise: datetime) -> datetime:
    """The moment in UTC, or `otherwise` when the date is left out (failed attempts) or does not exist."""
    if not _MOMENT.fullmatch(text):
        return otherwise
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=GMT7).astimezone(UTC)
    except (ValueError, OverflowError):
        return otherwise


def plain(text: str, limit: int = 255) -> str:
    """Letters, digits and single spaces only: encoders disagree about everything else (`* ~ ! ' ( )`)."""
    bare = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9]+", " ", bare).strip()[:limit].strip()


def client_address(text: str, otherwise: str) -> str:
    """The payer's IPv4 address; VNPay knows no other, so IPv6 becomes the address of the school's server."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return otherwise
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return "127.0.0.1" if address.is_loopback else otherwise
    return str(address)


def split_query(query: bytes) -> list[tuple[str, str]]:
    """The raw, still encoded `vnp_` pairs of a query string; parameters of others (tracking) are left out.

    Raises:
        MalformedError: when it is too long, no ASCII, or a name comes twice (which one is meant?).
    """
    if len(query) > MAX_QUERY:
        raise MalformedError("the query string is too long")
    try:
        text = query.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("the query string is not ASCII") from None
    pairs: list[tuple[str, str]] = []
    names: set[str] = set()
    for part in text.split("&"):
        key, _, value = part.partition("=")
        name = _decoded(key)
        if not name.startswith("vnp_"):
            continue
        if name in names:
            raise MalformedError("a field comes twice")
        names.add(name)
        pairs.append((key, value))
    return pairs


def decode_pairs(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Names and values as text."""
    return {_decoded(key): _decoded(value) for key, value in pairs}


def _decoded(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        raise MalformedError("a field is not UTF-8") from None


def read_json(body: bytes) -> dict[str, str]:
    """A response object as texts, just as they are signed; null is empty.

    Raises:
        MalformedError: for anything that is not a flat object of texts and whole numbers, each name once.
    """
    try:
        pairs = json.loads(body.decode(), object_pairs_hook=list)
    except (ValueError, RecursionError):
        raise MalformedError("no JSON") from None
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise MalformedError("no JSON object")
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise MalformedError("a field comes twice")
        if value is not None and type(value) not in (str, int):
            raise MalformedError("a field is no text and no whole number")
        fields[name] = "" if value is None else str(value)
    return fields


def clean(text: str, limit: int = 255) -> str:
    """Text that can be stored: without control characters and lone surrogates, not longer than `limit`."""
    return _CONTROL.sub(" ", text)[:limit]


def support_data(params: Mapping[str, str]) -> dict[str, str]:
    """What support may need later: codes and the bank's numbers, no names and no card numbers."""
    return {name: clean(params[f"vnp_{name}"], 64) for name in _SUPPORT if params.get(f"vnp_{name}")}
