"""Template filters: how numbers, money, days and durations are written in Vietnam.

Separators follow the locale vi of CLDR: a dot between thousands, a comma before decimals, day/month/year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from jinja2 import Environment, pass_environment

from core.audit.words import actor_label
from core.types.clock import LOCAL_TZ
from core.types.message import Message

_NBSP = "\u00a0"
_MINUS = "\u2212"


def number(value: int | float | Decimal | None) -> str:
    """``1180`` -> ``1.180``, ``Decimal('8.50')`` -> ``8,50``; none is an empty text."""
    if value is None:
        return ""
    text = f"{value:,}".replace(",", "\0").replace(".", ",").replace("\0", ".")
    return text.replace("-", _MINUS)


def money(amount: int | None) -> str:
    """Whole dong as ``1.250.000 ₫`` with a space that does not break."""
    return "" if amount is None else f"{number(amount)}{_NBSP}₫"


def local(moment: datetime) -> datetime:
    """An aware moment in the school's time; a naive one is an error of the caller."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime in a template: pass aware UTC")
    return moment.astimezone(LOCAL_TZ)


def day(value: date | datetime | None) -> str:
    """``22/11/2026``; a moment is first put into local time."""
    if value is None:
        return ""
    return (local(value) if isinstance(value, datetime) else value).strftime("%d/%m/%Y")


def moment(value: datetime | None) -> str:
    """``22/11/2026 09:05`` in local time."""
    return "" if value is None else local(value).strftime("%d/%m/%Y %H:%M")


def iso(value: date | datetime) -> str:
    """The machine form for ``<time datetime>``: a day, or a moment in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def initials(name: object) -> str:
    """The given name's first letter: Vietnamese names end with it (``Nguyễn Thị Ánh`` -> ``Á``)."""
    words = str(name or "").split()
    return words[-1][0].upper() if words else "?"


@pass_environment
def speak(environment: Environment, value: object) -> object:
    """A lazy message in the reader's language; anything else as it is. The environment's ``finalize``."""
    if isinstance(value, Message):
        translate = environment.globals["_"]
        if not callable(translate):
            raise TypeError("the environment has no translator `_`")
        return value.render(lambda msgid: str(translate(msgid)))
    return value


@pass_environment
def text(environment: Environment, value: object) -> str:
    """The same as text, for places where a template hands a message to a function."""
    return str(speak(environment, value))


@pass_environment
def duration(environment: Environment, seconds: float) -> str:
    """Time left in words, rounded as people say it (``khoảng 2 phút nữa``)."""
    if seconds < 50:
        return text(environment, Message("less than a minute left"))
    minutes = round(seconds / 60)
    if minutes < 90:
        return text(environment, Message("about %(count)s minutes left", {"count": minutes}))
    return text(environment, Message("about %(count)s hours left", {"count": round(minutes / 60)}))


@pass_environment
def who(environment: Environment, name: str) -> str:
    """Who did something, from the name that was kept: a person as they are called, a part of the program in words."""
    return text(environment, actor_label("system" if name.startswith("system:") else "account", name))


FILTERS: dict[str, Callable[..., str]] = {
    "number": number,
    "money": money,
    "date": day,
    "datetime": moment,
    "iso": iso,
    "initials": initials,
    "duration": duration,
    "text": text,
    "who": who,
}
