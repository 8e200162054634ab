"""The cash desk: the queue of families, drawers with their day close, deposits at the bank."""

from __future__ import annotations

from . import deposits, drawers, queue

__all__ = ["deposits", "drawers", "queue"]
