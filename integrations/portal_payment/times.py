"""The portal's times: yyyyMMddHHmmss in GMT+7 on a 24-hour clock, whatever the clock of this server shows.

The public client writes hours of a 12-hour clock in the server's own zone: there 08:30 and 20:30 are the same moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

GMT7 = timezone(timedelta(hours=7))
_MOMENT = re.compile(r"[0-9]{14}")


def written(moment: datetime) -> str:
    """A moment as the portal writes it."""
    return moment.astimezone(GMT7).strftime("%Y%m%d%H%M%S")


def read(text: str, otherwise: datetime) -> datetime:
    """The moment in UTC, or `otherwise` when there is none or the calendar lacks it."""
    if not _MOMENT.fullmatch(text):
        return otherwise
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=GMT7).astimezone(UTC)
    except (ValueError, OverflowError):
        return otherwise
