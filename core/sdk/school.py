"""The school of the context, its years and modules."""

from core.school.models import School, SchoolYear
from core.school.modules import modules_on
from core.school.services import Year, current_year, school_of, years

__all__ = ["School", "SchoolYear", "Year", "current_year", "modules_on", "school_of", "years"]
