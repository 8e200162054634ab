"""Attempts to pay: begun by a payer, ended by evidence."""

from __future__ import annotations

from .change import expire, remember
from .read import AttemptView, by_reference, load, to_port, view
from .starting import LIFETIME, POLL, Started, prepare, start

__all__ = [
    "LIFETIME",
    "POLL",
    "AttemptView",
    "Started",
    "by_reference",
    "expire",
    "load",
    "prepare",
    "remember",
    "start",
    "to_port",
    "view",
]
