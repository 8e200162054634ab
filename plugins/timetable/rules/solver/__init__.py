"""Timetables by OR-Tools CP-SAT, an optional library: `available()` says whether it is there."""

from __future__ import annotations

from importlib.util import find_spec

from ..quality import Weights
from .answers import Impossible, Solved, Tick, Unsolved

__all__ = ["Impossible", "Solved", "Tick", "Unsolved", "Weights", "available", "solve"]


def available() -> bool:
    """Whether the solver is installed (`pip install truong[timetable]`)."""
    return find_spec("ortools") is not None


def solve(*args: object, **options: object) -> Solved | Impossible | Unsolved:
    """`search.solve`, imported when it is needed: the library takes a second to load."""
    from .search import solve as found

    return found(*args, **options)  # type: ignore[arg-type]  # its own arguments, handed on
