"""Reading JSON that somebody else wrote: strictly, in one way only, and without ever crashing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import NoReturn, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_BODY = 1_048_576
MAX_DEPTH = 20
MAX_AMOUNT = 2**63 - 1
LOCAL = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, without daylight saving since 1975."""
_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class MalformedError(ValueError):
    """The message is no message of this protocol."""


def load_object(body: bytes) -> dict[str, Json]:
    """A JSON object in UTF-8, each name once, not too large and not too deep.

    Raises:
        MalformedError: for everything else.
    """
    if len(body) > MAX_BODY:
        raise MalformedError("the body is too large")
    try:
        document: Json = json.loads(
            body.decode(), object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse
        )
    except UnicodeDecodeError:
        raise MalformedError("the body is not UTF-8") from None
    except MalformedError:
        raise
    except (ValueError, RecursionError):
        raise MalformedError("the body is not JSON") from None
    if not isinstance(document, dict):
        raise MalformedError("the body is no JSON object")
    _check_depth(document)
    return document


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedError("a name comes twice in one object")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MalformedError("a number is too large")
    return number


def _refuse(_text: str) -> NoReturn:
    raise MalformedError("NaN and Infinity are no JSON")


def _check_depth(document: Json) -> None:
    level: list[Json] = [document]
    for _depth in range(MAX_DEPTH):
        below: list[Json] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        if not below:
            return
        level = below
    raise MalformedError("the body is nested too deeply")


def text(document: Mapping[str, Json], name: str, limit: int = 500) -> str:
    """A text that can be stored; numbers as digits, null and absent as empty."""
    value = document.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise MalformedError(f"{name} is no text")
    return _UNSTORABLE.sub(" ", str(value))[:limit].strip()


def identifier(document: Mapping[str, Json], name: str) -> str:
    """The number by which the sender tells its messages apart."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or not _IDENTIFIER.fullmatch(str(value)):
        raise MalformedError(f"{name} is no identifier")
    return str(value)


def amount(document: Mapping[str, Json], name: str) -> int:
    """Whole dong as a JSON integer; `1250000.0` is refused: its writer may also write `1249999.9999`."""
    value = document.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < abs(value) <= MAX_AMOUNT:
        raise MalformedError(f"{name} is no whole number of dong")
    return value


def moment(document: Mapping[str, Json], name: str, otherwise: datetime) -> datetime:
    """A local time as UTC. Money counts even when its date cannot be read: then it came with the notice."""
    try:
        value = datetime.fromisoformat(text(document, name))
        local = value if value.tzinfo else value.replace(tzinfo=LOCAL)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return otherwise
