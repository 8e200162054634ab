"""Pages of the assessment module."""

from __future__ import annotations

from . import book as book
from . import family as family
from . import imports as imports
from . import overview as overview
from . import printing as printing
from . import results as results
from . import rule_sets as rule_sets
from . import windows as windows
from .blueprint import blueprint

__all__ = ["blueprint"]
