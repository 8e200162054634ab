"""Reading claims: texts that are texts, dates that are dates, and nothing else. Pure."""

from __future__ import annotations

import re
from datetime import date

from core.sdk.identity import Claims

_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")


def text(claims: Claims, name: str) -> str:
    """A claim as text; empty when it is missing.

    Raises:
        ValueError: when it is there and no text.
    """
    value = claims.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"the claim {name} is no text")
    return " ".join(value.split())


def key(claims: Claims, name: str) -> str:
    """A claim that must be there; exactly as it is.

    Raises:
        ValueError: when it is missing, empty or no text.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"the claim {name} is missing")
    return value


def national_id(number: str) -> str:
    """Nine or twelve digits, or nothing: a passport or a mistake is not kept."""
    return number if number.isascii() and _NUMBER.fullmatch(number) else ""


def day(written: str) -> date | None:
    """A date as `yyyyMMdd` or `yyyy-MM-dd`; None for anything else, such as a year alone."""
    plain = written.replace("-", "")
    if not (plain.isascii() and re.fullmatch(r"[0-9]{8}", plain)):
        return None
    try:
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except ValueError:
        return None
