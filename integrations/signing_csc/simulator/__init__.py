"""A stand-in for a remote signing service: a program of its own, with its own signing code."""

from __future__ import annotations

from .app import create_app
from .settings import Settings

__all__ = ["Settings", "create_app"]
