"""HTML pages of the module."""

from __future__ import annotations

from . import families, imports, records, words
from .blueprint import blueprint

__all__ = ["blueprint", "families", "imports", "records", "words"]
