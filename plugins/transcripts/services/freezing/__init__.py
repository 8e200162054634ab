"""Making records of the results of a year: what is missing, what they say, and keeping them."""

from .job import FREEZE_TASK, ask, freeze_class
from .preflight import ClassCheck, check_class, check_school

__all__ = ["FREEZE_TASK", "ClassCheck", "ask", "check_class", "check_school", "freeze_class"]
