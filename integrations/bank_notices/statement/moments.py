"""Dates and times of statements: day first, always; as text, as true dates, or in two columns."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from core.sdk.statements import Cell, text_of

BANK_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(am|pm|sa|ch)?(?!\d)", re.IGNORECASE)
_LONGEST = 40
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  (day 0 of spreadsheets, in no time zone)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73051  # the years 2000 to 2099


def read_moment(day: Cell, clock: Cell = None) -> dt.datetime | None:
    """The moment in UTC; midnight in Viet Nam if there is no time of day; None if there is no such day.

    Args:
        day: the cell of the date, with or without a time in it.
        clock: the cell of a column of its own for the time of day.
    """
    found = _day_and_time(day)
    if found is None:
        return None
    date, time = found
    time = time or _time(clock) or dt.time()
    return dt.datetime.combine(date, time, BANK_TIME).astimezone(dt.UTC)


def _day_and_time(cell: Cell) -> tuple[dt.date, dt.time | None] | None:
    if isinstance(cell, dt.datetime):
        rounded = cell + dt.timedelta(microseconds=500_000)  # spreadsheets keep times as fractions of a day
        return rounded.date(), rounded.time().replace(microsecond=0)
    if isinstance(cell, dt.date):
        return cell, None
    if isinstance(cell, int | float):  # a date whose cell lost its format
        inside = _FIRST_SERIAL <= cell < _LAST_SERIAL
        return _day_and_time(_EPOCH + dt.timedelta(days=cell)) if inside else None
    if not isinstance(cell, str):
        return None
    text = text_of(cell)
    if len(text) > _LONGEST:
        return None
    if found := _YEAR_FIRST.search(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.search(text):
        day, month, year = found.groups()
    else:
        return None
    try:
        date = dt.date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None  # nothing is exchanged to save an impossible date
    return date, _time(text[: found.start()] + " " + text[found.end() :].replace("T", " "))


def _time(cell: Cell) -> dt.time | None:
    if isinstance(cell, dt.datetime):
        return cell.time()
    if isinstance(cell, dt.time):
        return cell
    if not isinstance(cell, str) or not (found := _CLOCK.search(cell)):
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "").lower()
    if half in {"pm", "ch"} and hour < 12:
        hour += 12
    elif half in {"am", "sa"} and hour == 12:
        hour = 0
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None
