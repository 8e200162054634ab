"""What an object of OneRoster 1.2 looks like, told as a checker of our own.

Facts of the standard: closed objects, required fields, words that a field may hold, dates without and times with an
hour in UTC, true and false as texts, and references of exactly `href`, `sourcedId` and `type`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

COMMON = {"sourcedId": "text", "status": "status", "dateLastModified": "time", "metadata": "object"}
MARKS = {
    "score": "number", "textScore": "text", "scoreScale": "scoreScale", "scoreStatus": "scoreStatus",
    "scoreDate": "date", "comment": "text", "inProgress": "flag", "incomplete": "flag", "late": "flag",
    "missing": "flag", "learningObjectiveSet": "objects",
}  # fmt: skip
CLASSES: dict[str, tuple[dict[str, str], str]] = {
    "academicSession": (
        {"title": "text", "startDate": "date", "endDate": "date", "type": "sessionType", "parent": "academicSession",
         "children": "academicSession*", "schoolYear": "year"},
        "title startDate endDate type schoolYear",
    ),
    "org": (
        {"name": "text", "type": "orgType", "identifier": "text", "parent": "org", "children": "org*"},
        "name type identifier",
    ),
    "course": (
        {"title": "text", "schoolYear": "academicSession", "courseCode": "text", "grades": "text*", "org": "org",
         "subjects": "text*", "subjectCodes": "text*"},
        "title courseCode",
    ),
    "class": (
        {"title": "text", "classCode": "text", "classType": "classType", "location": "text", "grades": "text*",
         "subjects": "text*", "course": "course", "school": "org", "terms": "academicSession*",
         "subjectCodes": "text*", "periods": "text*"},
        "title course school terms",
    ),
    "user": (
        {"userMasterIdentifier": "text", "username": "text", "enabledUser": "flag", "givenName": "text",
         "familyName": "text", "middleName": "text", "roles": "role*", "primaryOrg": "org", "identifier": "text",
         "email": "text", "sms": "text", "phone": "text", "agents": "user*", "grades": "text*"},
        "enabledUser givenName familyName roles",
    ),
    "enrollment": (
        {"user": "user", "class": "class", "school": "org", "role": "enrolled", "primary": "flag",
         "beginDate": "date", "endDate": "date"},
        "user class school role",
    ),
    "demographics": ({"birthDate": "date", "sex": "sex"}, ""),
    "category": ({"title": "text", "weight": "number"}, "title"),
    "lineItem": (
        {"title": "text", "description": "text", "assignDate": "time", "dueDate": "time", "class": "class",
         "school": "org", "category": "category", "gradingPeriod": "academicSession",
         "academicSession": "academicSession", "scoreScale": "scoreScale", "resultValueMin": "number",
         "resultValueMax": "number", "learningObjectiveSet": "objects"},
        "title assignDate dueDate class school category",
    ),
    "result": (
        {"lineItem": "lineItem", "student": "user", "class": "class", **MARKS},
        "lineItem student scoreStatus scoreDate",
    ),
    "scoreScale": (
        {"title": "text", "type": "text", "course": "course", "class": "class", "scoreScaleValue": "objects"},
        "title type class scoreScaleValue",
    ),
    "assessmentLineItem": (
        {"title": "text", "class": "class", "parentAssessmentLineItem": "assessmentLineItem",
         "scoreScale": "scoreScale", "resultValueMin": "number", "resultValueMax": "number",
         "learningObjectiveSet": "objects"},
        "title",
    ),
    "assessmentResult": (
        {"assessmentLineItem": "assessmentLineItem", "student": "user", "scorePercentile": "number", **MARKS},
        "assessmentLineItem student scoreDate scoreStatus",
    ),
}  # fmt: skip
WORDS = {
    "status": "active tobedeleted",
    "sessionType": "gradingPeriod semester schoolYear term",
    "orgType": "department district local national school state",
    "classType": "homeroom scheduled",
    "enrolled": "administrator proctor student teacher",
    "sex": "male female unspecified other",
    "flag": "true false",
    "roleType": "primary secondary",
    "roleName": "aide counselor districtAdministrator guardian parent principal proctor relative siteAdministrator "
    "student systemAdministrator teacher",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def faults(kind: str, found: object) -> Iterator[str]:
    """What is wrong with an object of a kind."""
    assert isinstance(found, dict)
    fields, required = CLASSES[kind]
    fields = {**COMMON, **fields}
    for name in f"sourcedId status dateLastModified {required}".split():
        if name not in found:
            yield f"{kind}.{name} is missing"
    for name, value in found.items():
        if name not in fields:
            yield f"{kind}.{name} is not known"
        elif not _right(fields[name], value):
            yield f"{kind}.{name} is {value!r}"


def _right(kind: str, value: object) -> bool:
    if kind.endswith("*"):
        return isinstance(value, list) and bool(value) and all(_right(kind[:-1], part) for part in value)
    if kind in CLASSES:
        return _is_reference(kind, value)
    return _SIMPLE[kind](value) if kind in _SIMPLE else value in WORDS[kind].split()


def _is_reference(kind: str, value: object) -> bool:
    return (
        isinstance(value, dict)
        and {*value} == {"href", "sourcedId", "type"}
        and value["type"] == kind
        and re.match(r"https?://[^/]+/ims/oneroster/(rostering|gradebook)/v1p2/", value["href"]) is not None
    )


def _is_role(value: object) -> bool:
    return (
        isinstance(value, dict)
        and {*value} == {"roleType", "role", "org"}
        and value["roleType"] in WORDS["roleType"].split()
        and value["role"] in WORDS["roleName"].split()
        and _is_reference("org", value["org"])
    )


def _is_day(value: object) -> bool:
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def _is_time(value: object) -> bool:
    return isinstance(value, str) and TIME.fullmatch(value) is not None and datetime.fromisoformat(value) is not None


_SIMPLE: dict[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str) and value != "",
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "objects": lambda value: isinstance(value, list) and all(isinstance(part, dict) for part in value),
    "year": lambda value: isinstance(value, str) and re.fullmatch(r"\d{4}", value) is not None,
    "scoreStatus": lambda value: value in ("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
    "role": _is_role,
    "date": _is_day,
    "time": _is_time,
}
