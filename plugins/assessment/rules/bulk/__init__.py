"""Results of many pupils at once, equal to those of the one-pupil path."""

from __future__ import annotations

from .averages import TermColumns
from .codes import EXEMPT_CODE, MISSING_CODE, NOT_TAKEN, PENDING_CODE, REFUSED_CODE, UNKNOWN, WHY_OF, decode, encode
from .year import PROMOTIONS, SubjectColumns, YearColumns, bulk_year

__all__ = [
    "EXEMPT_CODE",
    "MISSING_CODE",
    "NOT_TAKEN",
    "PENDING_CODE",
    "PROMOTIONS",
    "REFUSED_CODE",
    "UNKNOWN",
    "WHY_OF",
    "SubjectColumns",
    "TermColumns",
    "YearColumns",
    "bulk_year",
    "decode",
    "encode",
]
