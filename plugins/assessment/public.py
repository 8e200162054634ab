"""What other modules may import of the assessment module: marks as the rules take them, and how far books have come."""

from __future__ import annotations

from collections.abc import Mapping

from . import events
from .grid.cells import Cell
from .grid.slots import Layout, Slot
from .services.marks import CourseMarks, marks_of
from .services.progress import BookLine, all_books
from .services.results import PupilResult, SubjectLine
from .services.years import ClassYear, OpenBook, PupilYear, class_year

__all__ = [
    "EVENTS",
    "BookLine",
    "Cell",
    "ClassYear",
    "CourseMarks",
    "Layout",
    "OpenBook",
    "PupilResult",
    "PupilYear",
    "Slot",
    "SubjectLine",
    "all_books",
    "class_year",
    "marks_of",
]

EVENTS: Mapping[str, str] = {event.name: ", ".join(event.payload) for event in events.EVENTS}
"""Events of this module and the keys of their payloads."""
