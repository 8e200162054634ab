"""HTML pages of the module."""

from __future__ import annotations

from . import classes, doubles, families, guardians, imports, profile, quality, records, steps, words, year
from .blueprint import blueprint

__all__ = [
    "blueprint",
    "classes",
    "doubles",
    "families",
    "guardians",
    "imports",
    "profile",
    "quality",
    "records",
    "steps",
    "words",
    "year",
]
