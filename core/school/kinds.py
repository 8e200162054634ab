"""Levels and kinds of schools with the codes of the sector database (Circular 25/2024/TT-BGDĐT)."""

from __future__ import annotations

from datetime import date

from core.types.contributions import Code, CodeList, CodeListVersion
from core.types.message import _

LEVELS = {
    "preschool": _("Preschool"),
    "primary": _("Primary school"),
    "lower_secondary": _("Lower-secondary school"),
    "upper_secondary": _("Upper-secondary school"),
    "continuing": _("Continuing education"),
}
OWNERSHIPS = {
    "public": _("Public"),
    "people_founded": _("People-founded"),
    "private": _("Private"),
}
LEVEL_CODES = {"preschool": "01", "primary": "02", "lower_secondary": "03", "upper_secondary": "04", "continuing": "05"}
OWNERSHIP_CODES = {"public": "1", "people_founded": "2", "private": "3"}
_ACT = _("Circular 25/2024/TT-BGDDT on education statistics")
_SINCE = date(2025, 2, 10)

CODE_LISTS = [
    CodeList(
        "core.school_levels",
        _("Level groups of schools"),
        (
            CodeListVersion(
                "2024",
                _SINCE,
                _ACT,
                tuple(Code(LEVEL_CODES[name], label) for name, label in LEVELS.items()),
            ),
        ),
    ),
    CodeList(
        "core.school_types",
        _("Types of schools"),
        (CodeListVersion("2024", _SINCE, _ACT, tuple(Code(OWNERSHIP_CODES[n], o) for n, o in OWNERSHIPS.items())),),
    ),
]
ORGANISATIONS = {
    "ministry": _("Ministry of Education and Training"),
    "department": _("Department of Education and Training"),
    "commune": _("Commune"),
}
FORMER = {"province": _("Province"), "district": _("District"), "commune": _("Commune")}
