"""Column types and the plain types that models and services use together."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from core.types.clock import LOCAL_TZ, Clock, local_date, utc_now
from core.types.ids import new_id
from core.types.money import Vnd, format_vnd, half_up

__all__ = ["LOCAL_TZ", "Clock", "UtcDateTime", "Vnd", "format_vnd", "half_up", "local_date", "new_id", "utc_now"]


class UtcDateTime(TypeDecorator[datetime]):
    """`timestamptz` that takes aware datetimes only and gives them back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None
