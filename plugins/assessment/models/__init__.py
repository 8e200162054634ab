"""Tables of the assessment module."""

from .books import Change, Gradebook, MarkCell, Publication, Reopening, Snapshot, Window
from .imports import MarkImport
from .printing import Print
from .results import SummerRow, YearRow
from .rule_sets import OwnRuleSet

__all__ = [
    "Change",
    "Gradebook",
    "MarkCell",
    "MarkImport",
    "OwnRuleSet",
    "Print",
    "Publication",
    "Reopening",
    "Snapshot",
    "SummerRow",
    "Window",
    "YearRow",
]
