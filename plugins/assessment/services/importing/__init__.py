"""Workbooks of marks: read into a plan that explains itself, taken over, taken back."""

from __future__ import annotations

from .confirming import Result, confirm, undo
from .planning import discard, get_import, imports, kept_file, start
from .plans import PlanCell, PlanFinding, PlanRow, PlanSheet, plan_of

__all__ = [
    "PlanCell",
    "PlanFinding",
    "PlanRow",
    "PlanSheet",
    "Result",
    "confirm",
    "discard",
    "get_import",
    "imports",
    "kept_file",
    "plan_of",
    "start",
    "undo",
]
