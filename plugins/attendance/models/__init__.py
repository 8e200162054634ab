"""Tables of attendance."""

from __future__ import annotations

from .former import FormerTotal
from .registers import KINDS, Change, Mark, Register
from .requests import STATES, Request
from .typed import TypedTotal

__all__ = ["KINDS", "STATES", "Change", "FormerTotal", "Mark", "Register", "Request", "TypedTotal"]
