"""A stand-in for a bank and its notifier service: a program of its own, with its own signing code."""

from __future__ import annotations

from .app import create_app
from .settings import Account, Settings

__all__ = ["Account", "Settings", "create_app"]
