"""Time: aware UTC inside, Asia/Ho_Chi_Minh for people and for day-based rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
LOCAL_TZ = ZoneInfo("Asia/Ho_Chi_Minh")


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The calendar day of a moment in Viet Nam."""
    return moment.astimezone(LOCAL_TZ).date()
