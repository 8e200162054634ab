"""Pages of the assessment module."""

from __future__ import annotations

from . import approvers as approvers
from . import book as book
from . import brought as brought
from . import family as family
from . import imports as imports
from . import overview as overview
from . import past as past
from . import printing as printing
from . import results as results
from . import rule_sets as rule_sets
from . import single as single
from . import windows as windows
from .blueprint import blueprint

__all__ = ["blueprint"]
