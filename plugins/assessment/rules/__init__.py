"""Results by law as data: rule sets, the engine that applies them, and why each result is what it is.

Pure functions. What others use is named here; the modules behind it may change.
"""

from __future__ import annotations

from .averages import required_regular, term_average, term_comment, year_average, year_comment
from .because import Because, Line, Result, lines
from .catalogue import NATIONAL, Catalogue, national
from .learning import SubjectResult, learning_level
from .marks import EXEMPT, MISSING, PENDING, REFUSED, ZERO, Gap, Mark, State, TermMarks, Why, comment, score
from .options import Options, absence_units, with_options
from .parsing import parse
from .promotion import LABELS as PROMOTIONS
from .promotion import Promotion, eligible, promotion
from .reading import RuleSetError
from .ruleset import RuleSet
from .titles import title
from .training import training_year
from .year import PupilYear, SubjectMarks, SubjectYear, Summer, YearResult, year_result

__all__ = [
    "EXEMPT",
    "MISSING",
    "NATIONAL",
    "PENDING",
    "PROMOTIONS",
    "REFUSED",
    "ZERO",
    "Because",
    "Catalogue",
    "Gap",
    "Line",
    "Mark",
    "Options",
    "Promotion",
    "PupilYear",
    "Result",
    "RuleSet",
    "RuleSetError",
    "State",
    "SubjectMarks",
    "SubjectResult",
    "SubjectYear",
    "Summer",
    "TermMarks",
    "Why",
    "YearResult",
    "absence_units",
    "comment",
    "eligible",
    "learning_level",
    "lines",
    "national",
    "parse",
    "promotion",
    "required_regular",
    "score",
    "term_average",
    "term_comment",
    "title",
    "training_year",
    "with_options",
    "year_average",
    "year_comment",
    "year_result",
]
