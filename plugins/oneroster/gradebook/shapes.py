"""The objects of the gradebook service: their fields, what is required, and what of a body is wrong. Pure.

Source: OneRoster 1.2 gradebook service (closed objects: a field that the standard does not know is refused).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from ..wire import stamp

_LONGEST, _LONGEST_ID, _MOST = 10_000, 255, 1000
"""Characters of a text and of an id, and objects in a list."""
_STATUS = ("exempt", "fully graded", "not submitted", "partially graded", "submitted")
_COMMON = {"status": "status", "metadata": "object"}
_MARKS = {
    "scoreScale": "ref", "score": "number", "textScore": "text", "scoreStatus": "scoreStatus", "scoreDate": "date",
    "comment": "text", "learningObjectiveSet": "scores", "inProgress": "flag", "incomplete": "flag", "late": "flag",
    "missing": "flag",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of object.

    Attributes:
        fields: name and type (`text`, `number`, `date`, `moment`, `ref`, `flag`, `object` and those of `_STRUCTURES`).
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
                    "resultValueMax": "number", "learningObjectiveSet": "objectives",
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
                    "scoreScaleValue": "scale",
                },
                frozenset({"title", "type", "class", "scoreScaleValue"}),
            ),
            Shape(
                "assessmentLineItem",
                "assessmentLineItems",
                {
                    **_COMMON, "title": "text", "description": "text", "class": "ref",
                    "parentAssessmentLineItem": "ref", "scoreScale": "ref", "resultValueMin": "number",
                    "resultValueMax": "number", "learningObjectiveSet": "objectives",
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
        if not _fits(kind, value, str(name)):
            return f"{name} is not what the standard wants there"
    missing = sorted(name for name in shape.required if body.get(name) in (None, ""))
    return f"{missing[0]} is missing" if missing else ""


def kept(shape: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body without fault as it is kept: days as days, times in UTC with milliseconds, references by their ids."""
    forms: Mapping[str, Callable[[Any], Any]] = {
        "date": _day,
        "moment": _utc,
        "ref": lambda reference: {"sourcedId": reference["sourcedId"]},
    }
    return {
        name: forms.get(shape.fields[name], lambda value: value)(value)
        for name, value in body.items()
        if name in shape.fields
    }


def _fits(kind: str, value: object, name: str = "") -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    if kind in _STRUCTURES:
        return isinstance(value, list) and all(_is_structure(kind, item) for item in value) and len(value) <= _MOST
    if kind == "object":
        return isinstance(value, dict)
    if kind == "ref":
        return _is_reference(value, type_of(name))
    if not isinstance(value, str) or "\0" in value or len(value) > _LONGEST:
        return False
    if kind == "flag":
        return value in ("true", "false")
    if kind == "status":
        return value in ("active", "tobedeleted")
    if kind == "scoreStatus":
        return value in _STATUS or bool(re.fullmatch(r"ext:[A-Za-z0-9._-]+", value))
    return kind == "text" or _moment(value) is not None


def _is_reference(value: object, kind: str) -> bool:
    """A GUIDRef; programs in use leave out `type` and `href`, which say nothing new."""
    if not isinstance(value, dict) or not value.keys() <= {"sourcedId", "type", "href"}:
        return False
    id = value.get("sourcedId")
    return isinstance(id, str) and 0 < len(id) <= _LONGEST_ID and "\0" not in id and value.get("type", kind) == kind


_STRUCTURES: Mapping[str, tuple[Mapping[str, str], frozenset[str]]] = MappingProxyType(
    {
        "scale": ({"itemValueLHS": "text", "itemValueRHS": "text"}, frozenset({"itemValueLHS", "itemValueRHS"})),
        "objectives": (
            {"source": "source", "learningObjectiveIds": "texts"}, frozenset({"source", "learningObjectiveIds"})
        ),
        "scores": (
            {"source": "source", "learningObjectiveResults": "outcomes"},
            frozenset({"source", "learningObjectiveResults"}),
        ),
        "outcomes": (
            {"learningObjectiveId": "text", "score": "number", "textScore": "text"}, frozenset({"learningObjectiveId"})
        ),
    }
)  # fmt: skip
"""Objects within lists: their fields, and what is required."""


def _is_structure(kind: str, value: object) -> bool:
    fields, required = _STRUCTURES[kind]
    if not isinstance(value, dict) or not required <= value.keys() <= fields.keys():
        return False
    return all(_is_part(fields[name], part) for name, part in value.items())


def _is_part(kind: str, value: object) -> bool:
    if kind == "source":
        return isinstance(value, str) and bool(re.fullmatch(r"case|unknown|/[a-z0-9]+", value))
    if kind == "texts":
        return isinstance(value, list) and bool(value) and all(_fits("text", text) for text in value)
    return _fits(kind, value) and (kind != "outcomes" or bool(value))


def _moment(value: str) -> datetime | None:
    """A day, or a time; the standard's documents have both for the same field."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _day(value: str) -> str:
    """The day as its maker wrote it, whatever the hour and the zone."""
    return datetime.fromisoformat(value).date().isoformat()


def _utc(value: str) -> str:
    moment = _moment(value)
    assert moment is not None  # noqa: S101  (`fault` has seen to it)
    return stamp(moment)
