"""Marks as teachers keep them in workbooks, read into a plan."""

from __future__ import annotations

from .cells import ReadMark, read_mark, written
from .codes import CODES
from .pupils import Pupil
from .reader import Layout, MarksPlan, MarksRow, MarksSheet, read_marks
from .subjects import About, SheetSubject

__all__ = [
    "CODES",
    "About",
    "Layout",
    "MarksPlan",
    "MarksRow",
    "MarksSheet",
    "Pupil",
    "ReadMark",
    "SheetSubject",
    "read_mark",
    "read_marks",
    "written",
]
