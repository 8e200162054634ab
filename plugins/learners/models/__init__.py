"""Tables of the learners module."""

from .doubles import Distinct, Merge
from .imports import Import, ImportRow
from .profiles import Change, ContactRight, GuardianDetail, Identifier, Profile, Sibling
from .records import Enrolment, Learner, PolicyGroup, SchoolClass
from .years import Batch, Movement, Outcome

__all__ = [
    "Batch",
    "Change",
    "ContactRight",
    "Distinct",
    "Enrolment",
    "GuardianDetail",
    "Identifier",
    "Import",
    "ImportRow",
    "Learner",
    "Merge",
    "Movement",
    "Outcome",
    "PolicyGroup",
    "Profile",
    "SchoolClass",
    "Sibling",
]
