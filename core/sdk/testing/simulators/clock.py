"""Times of a simulator. Most requests mean now; a request may name another moment, so that a year can be played."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

GMT7 = timezone(timedelta(hours=7))
_YEAR_2026 = 1_767_225_600


def local(at: datetime | None = None) -> datetime:
    """A moment, or now, in Viet Nam."""
    return (at or datetime.now(GMT7)).astimezone(GMT7)


def moment_of(text: object) -> datetime | None:
    """The moment that a request names in ISO 8601, with its offset; None for none.

    Raises:
        ValueError: for a text that is no moment, or one without an offset.
    """
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment


def numbers() -> Callable[[datetime], int]:
    """Rising numbers that begin with the seconds since 2026: a simulator that was started anew repeats none."""
    last = 0
    lock = threading.Lock()

    def following(at: datetime) -> int:
        nonlocal last
        with lock:
            last = max(last + 1, int(at.timestamp()) - _YEAR_2026)
            return last

    return following
