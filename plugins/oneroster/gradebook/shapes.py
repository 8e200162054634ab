"""The objects of the gradebook service: their fields, what is required, and what of a body is wrong. Pure.

Source: OneRoster 1.2 gradebook service (closed objects: a field that the standard does not know is refused).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

_STATUS = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")
_COMMON = {"status": "status", "metadata": "object"}
_MARKS = {
    "scoreScale": "ref", "score": "number", "textScore": "text", "scoreStatus": "scoreStatus", "scoreDate": "date",
    "comment": "text", "learningObjectiveSet": "list", "inProgress": "flag", "incomplete": "flag", "late": "flag",
    "missing": "flag",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of object.

    Attributes:
        fields: name and type (`text`, `number`, `date`, `moment`, `ref`, `flag`, `list`, `object` ...).
        refs: which collection a reference leads to, by field.
    """

    singular: str
    plural: str
    fields: Mapping[str, str]
    required: frozenset[str]


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        shape.singular: shape
        for shape in (
            Shape(
                "category", "categories", {**_COMMON, "title": "text", "weight": "number"}, frozenset({"title"})
            ),
            Shape(
                "lineItem",
                "lineItems",
                {
                    **_COMMON, "title": "text", "description": "text", "assignDate": "moment", "dueDate": "moment",
                    "class": "ref", "school": "ref", "category": "ref", "gradingPeriod": "ref",
                    "academicSession": "ref", "scoreScale": "ref", "resultValueMin": "number",
                    "resultValueMax": "number", "learningObjectiveSet": "list",
                },
                frozenset({"title", "assignDate", "dueDate", "class", "school", "category"}),
            ),
            Shape(
                "result",
                "results",
                {**_COMMON, **_MARKS, "lineItem": "ref", "student": "ref", "class": "ref"},
                frozenset({"lineItem", "student", "scoreStatus", "scoreDate"}),
            ),
            Shape(
                "scoreScale",
                "scoreScales",
                {
                    **_COMMON, "title": "text", "type": "text", "course": "ref", "class": "ref",
                    "scoreScaleValue": "list",
                },
                frozenset({"title", "type", "class", "scoreScaleValue"}),
            ),
            Shape(
                "assessmentLineItem",
                "assessmentLineItems",
                {
                    **_COMMON, "title": "text", "description": "text", "class": "ref",
                    "parentAssessmentLineItem": "ref", "scoreScale": "ref", "resultValueMin": "number",
                    "resultValueMax": "number", "learningObjectiveSet": "list",
                },
                frozenset({"title"}),
            ),
            Shape(
                "assessmentResult",
                "assessmentResults",
                {**_COMMON, **_MARKS, "assessmentLineItem": "ref", "student": "ref", "scorePercentile": "number"},
                frozenset({"assessmentLineItem", "student", "scoreStatus", "scoreDate"}),
            ),
        )
    }
)  # fmt: skip
TARGETS = MappingProxyType(
    {
        "class": "classes", "school": "orgs", "category": "categories", "gradingPeriod": "academicSessions",
        "academicSession": "academicSessions", "scoreScale": "scoreScales", "lineItem": "lineItems",
        "student": "users", "course": "courses", "parentAssessmentLineItem": "assessmentLineItems",
        "assessmentLineItem": "assessmentLineItems",
    }
)  # fmt: skip
"""Where the reference of a field leads, as it stands in addresses."""
_TYPES = {"school": "org", "student": "user", "parentAssessmentLineItem": "assessmentLineItem"}


def type_of(name: str) -> str:
    """The `type` of the reference in a field."""
    return _TYPES.get(name, "academicSession" if name == "gradingPeriod" else name)


def fault(shape: Shape, body: object, id: str | None) -> str:
    """What is wrong with the body of an object, or an empty text.

    Args:
        id: the sourcedId of the address; None where the server gives one.
    """
    if not isinstance(body, dict):
        return f"the body must hold one object {shape.singular!r}"
    if id is not None and body.get("sourcedId") not in (None, id):
        return "sourcedId differs from the address"
    for name, value in body.items():
        kind = {"sourcedId": "text", "dateLastModified": "moment", **shape.fields}.get(name)
        if kind is None:
            return f"{shape.singular} has no field {str(name)[:60]!r}"
        if not _fits(kind, value):
            return f"{name} is not what the standard wants there"
    missing = sorted(name for name in shape.required if body.get(name) in (None, ""))
    return f"{missing[0]} is missing" if missing else ""


def _fits(kind: str, value: object) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    if kind in ("list", "object"):
        return isinstance(value, list if kind == "list" else dict)
    if kind == "ref":
        return isinstance(value, dict) and isinstance(value.get("sourcedId"), str) and bool(value["sourcedId"])
    if not isinstance(value, str) or "\0" in value or len(value) > 10_000:
        return False
    if kind == "flag":
        return value in ("true", "false")
    if kind == "status":
        return value in ("active", "tobedeleted")
    if kind == "scoreStatus":
        return value in _STATUS or bool(re.fullmatch(r"ext:[\w.-]+", value))
    return kind == "text" or _is_moment(value)


def _is_moment(value: str) -> bool:
    """A day, or a time; the standard's documents have both for the same field."""
    try:
        date.fromisoformat(value) if len(value) == len("2026-11-22") else datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
