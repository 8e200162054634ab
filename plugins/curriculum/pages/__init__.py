"""Pages of the curriculum."""

from __future__ import annotations

from . import plan as plan
from . import teaching as teaching
from .blueprint import blueprint

__all__ = ["blueprint"]
