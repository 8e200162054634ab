"""The append-only, hash-chained record of who did what."""

from __future__ import annotations

from .chain import ChainReport, Fault, link, verify
from .services import record
from .trail import HistoryEntry, history, latest

__all__ = ["ChainReport", "Fault", "HistoryEntry", "history", "latest", "link", "record", "verify"]
