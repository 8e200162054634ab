"""Tables of the assessment module."""

from .books import Change, Gradebook, MarkCell, Publication, Reopening, Snapshot, Window
from .imports import MarkImport
from .results import SummerRow, YearRow

__all__ = [
    "Change",
    "Gradebook",
    "MarkCell",
    "MarkImport",
    "Publication",
    "Reopening",
    "Snapshot",
    "SummerRow",
    "Window",
    "YearRow",
]
