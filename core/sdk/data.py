"""Plain data: ids, time, money, and the Vietnamese order of names; bulk work."""

from __future__ import annotations

from core.data.bulk import by_sets, in_memory, refresh_statistics
from core.data.collate import sort_key
from core.data.direct import query
from core.data.replica import reading
from core.data.types import LOCAL_TZ, Clock, Vnd, format_vnd, half_up, local_date, new_id, utc_now

__all__ = [
    "LOCAL_TZ",
    "Clock",
    "Vnd",
    "by_sets",
    "format_vnd",
    "half_up",
    "in_memory",
    "local_date",
    "new_id",
    "query",
    "reading",
    "refresh_statistics",
    "sort_key",
    "utc_now",
]
