"""A stand-in for VNPT SmartCA: a program of its own, with its own signing code."""

from __future__ import annotations

from .app import Settings, create_app

__all__ = ["Settings", "create_app"]
