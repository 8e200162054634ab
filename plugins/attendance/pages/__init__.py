"""Pages of attendance; importing a file mounts its pages."""

from __future__ import annotations

from . import classes, family, former, offline, overview, register, requests
from .blueprint import blueprint

__all__ = ["blueprint", "classes", "family", "former", "offline", "overview", "register", "requests"]
