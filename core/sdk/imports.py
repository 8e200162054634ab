"""Reading lists from Excel and CSV, and planning imports (see `core.data.imports`)."""

from __future__ import annotations

from core.data.imports import *  # noqa: F403
from core.data.imports import __all__ as _planning
from core.data.imports.amounts import AmountUnreadable, read_amount

__all__ = [*_planning, "AmountUnreadable", "read_amount"]
