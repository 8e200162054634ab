"""Tables of the learners module."""

from .imports import Import, ImportRow
from .records import Enrolment, Learner, PolicyGroup, SchoolClass

__all__ = ["Enrolment", "Import", "ImportRow", "Learner", "PolicyGroup", "SchoolClass"]
