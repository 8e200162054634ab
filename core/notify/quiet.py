"""Quiet hours: nothing rings at night. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core.data.types import LOCAL_TZ


def send_at(now: datetime, begins: int, ends: int) -> datetime | None:
    """When a message may leave: None for at once, else the end of the quiet hours.

    Args:
        now: aware.
        begins: the local hour from which it is quiet (0 to 23).
        ends: the local hour at which it ends; the same as `begins`: never quiet.

    >>> from datetime import UTC
    >>> send_at(datetime(2026, 11, 22, 15, 30, tzinfo=UTC), 21, 6)  # half past ten in the evening in Viet Nam
    datetime.datetime(2026, 11, 22, 23, 0, tzinfo=datetime.timezone.utc)
    """
    local = now.astimezone(LOCAL_TZ)
    quiet = begins <= local.hour < ends if begins < ends else local.hour >= begins or local.hour < ends
    if begins == ends or not quiet:
        return None
    day = local.date() if local.hour < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, time(ends), LOCAL_TZ).astimezone(now.tzinfo)
