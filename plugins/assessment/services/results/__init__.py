"""Results of pupils: gathered from the books, decided by the rules, kept for lists and the turn of the year."""

from .calculating import CALCULATE, calculate, summary
from .reading import class_results, family_result, pupil_result
from .shapes import PupilResult, SubjectLine
from .summer import enter_summer, entered_summer

__all__ = [
    "CALCULATE",
    "PupilResult",
    "SubjectLine",
    "calculate",
    "class_results",
    "enter_summer",
    "entered_summer",
    "family_result",
    "pupil_result",
    "summary",
]
