"""Making records of the results of a year: what is missing, what they say, and keeping them."""

from .correcting import correct
from .job import FREEZE_TASK, Correction, ask, freeze_class, run
from .preflight import ClassCheck, check_class, check_school

__all__ = [
    "FREEZE_TASK",
    "ClassCheck",
    "Correction",
    "ask",
    "check_class",
    "check_school",
    "correct",
    "freeze_class",
    "run",
]
