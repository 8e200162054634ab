"""HTML pages of the module."""

from __future__ import annotations

from . import imports, records, words
from .blueprint import blueprint

__all__ = ["blueprint", "imports", "records", "words"]
