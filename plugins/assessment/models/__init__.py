"""Tables of the assessment module."""

from .approvers import Approver
from .books import Change, Gradebook, MarkCell, Publication, Reopening, Snapshot, Window
from .brought import Brought
from .imports import MarkImport
from .printing import Print
from .results import SummerRow, YearRow
from .rule_sets import OwnRuleSet

__all__ = [
    "Approver",
    "Brought",
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
