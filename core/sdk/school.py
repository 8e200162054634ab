"""The school of the context, its years, terms, days and modules."""

from core.school.calendar import is_school_day, school_days, terms
from core.school.models import School, SchoolYear, Term
from core.school.modules import modules_of, modules_on
from core.school.services import Year, current_year, school_of, years

__all__ = [
    "School",
    "SchoolYear",
    "Term",
    "Year",
    "current_year",
    "is_school_day",
    "modules_of",
    "modules_on",
    "school_days",
    "school_of",
    "terms",
    "years",
]
