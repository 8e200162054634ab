"""HTML pages of the module."""

from __future__ import annotations

from . import classes, families, imports, records, words
from .blueprint import blueprint

__all__ = ["blueprint", "classes", "families", "imports", "records", "words"]
