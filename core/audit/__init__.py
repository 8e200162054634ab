"""The append-only, hash-chained record of who did what."""

from __future__ import annotations

from .chain import ChainReport, Fault, link, verify
from .services import HistoryEntry, history, record

__all__ = ["ChainReport", "Fault", "HistoryEntry", "history", "link", "record", "verify"]
