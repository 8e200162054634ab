"""Random filters, sorts and pages against a plain evaluation of the same objects in Python."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Get, Roster
from .test_gradebook import GRADES, ask, maths

__all__ = ["ask", "maths"]
Found = dict[str, Any]
PREDICATES: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
TEXTS, TIMES, DAYS, LISTS, ANIES, NUMBERS = "text", "time", "day", "list", "any", "number"
FIELDS = {
    "users": {
        "givenName": TEXTS, "familyName": TEXTS, "middleName": TEXTS, "identifier": TEXTS, "enabledUser": TEXTS,
        "sms": TEXTS, "status": TEXTS, "sourcedId": TEXTS, "dateLastModified": TIMES, "grades": LISTS,
        "roles.role": ANIES, "agents.sourcedId": ANIES, "primaryOrg.sourcedId": TEXTS,
    },
    "enrollments": {
        "role": TEXTS, "primary": TEXTS, "beginDate": DAYS, "endDate": DAYS, "class.sourcedId": TEXTS,
        "user.sourcedId": TEXTS, "status": TEXTS, "sourcedId": TEXTS,
    },
    "classes": {"title": TEXTS, "classType": TEXTS, "grades": LISTS, "subjects": LISTS, "terms.sourcedId": ANIES},
    "academicSessions": {"type": TEXTS, "startDate": DAYS, "schoolYear": TEXTS, "parent.sourcedId": TEXTS},
    f"{GRADES}/results": {"score": NUMBERS, "scoreStatus": TEXTS, "student.sourcedId": TEXTS, "comment": TEXTS},
    f"{GRADES}/lineItems": {"title": TEXTS, "resultValueMax": NUMBERS, "dueDate": TIMES, "category.sourcedId": TEXTS},
}  # fmt: skip
WORDS = ("student", "Đỗ", "an", "", "true", "toan", "07", "homeroom", "O'Hara", "active", "GV01", "ă", "8.5", "%", "\\")
MOMENTS = ("2020-01-01", "2026-09-05", "2026-09-05T00:00:00.000Z", "2030-01-01T00:00:00+07:00")


def at(found: Found, path: str) -> Any:
    """The value of a path; of a path through a list, the values."""
    name, _dot, rest = path.partition(".")
    value = found.get(name)
    if not rest or value is None:
        return value
    return [at(part, rest) for part in value] if isinstance(value, list) else at(value, rest)


def holds(found: Found, path: str, kind: str, predicate: str, value: str) -> bool:
    """What the standard means by a clause, on an object as it was told."""
    held = at(found, path)
    if kind == LISTS:
        mine, wanted = {*(held or [])}, {part.strip() for part in value.split(",")}
        return bool(mine & wanted) if predicate == "~" else (mine == wanted and held is not None) == (predicate == "=")
    if kind == ANIES:
        parts = [part.lower() for part in held or []]
        fits = any(value.lower() in part for part in parts) if predicate == "~" else value.lower() in parts
        return fits != (predicate == "!=")
    if held is None:
        return predicate == "!="
    if predicate == "~":
        return value.lower() in str(held).lower()
    if kind == TEXTS:
        return PREDICATES[predicate](held.lower(), value.lower())
    if kind == NUMBERS:
        return PREDICATES[predicate](held, float(value))
    if kind == DAYS:
        return PREDICATES[predicate](held, value[:10])
    return PREDICATES[predicate](moment(held), moment(value))


def moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@st.composite
def clauses(draw: st.DrawFn, path: str, objects: list[Found]) -> tuple[str, str, str, str]:
    field, kind = draw(st.sampled_from(sorted(FIELDS[path].items())))
    predicates = ("=", "!=", "~") if kind in (LISTS, ANIES) else tuple(PREDICATES)
    known = [at(found, field) for found in objects]
    flat = [part for value in known for part in (value if isinstance(value, list) else [value])]
    values = sorted({str(part) for part in flat if part is not None})
    free = {TIMES: MOMENTS, DAYS: MOMENTS[:2], NUMBERS: ("8.5", "0", "10", "-3")}.get(kind, WORDS)
    if kind == TEXTS:
        predicates = (*predicates, "~")
    value = draw(st.sampled_from([*values, *free]))
    return field, kind, draw(st.sampled_from(predicates)), value


def pages(get: Get, path: str, limit: int, **query: str) -> Iterator[Found]:
    """All of a list, by its own links."""
    offset, total = 0, 1
    while offset < total:
        answer = get(path, limit=limit, offset=offset, **query)
        assert answer.status_code == 200, (query, answer.text)
        total = int(answer.headers["X-Total-Count"])
        items = next(iter(answer.get_json().values()))
        assert len(items) == max(0, min(limit, total - offset))
        yield from items
        offset += limit


def test_random_queries_mean_what_the_standard_says(get: Get, ask: Get, maths: str, roster: Roster) -> None:
    whole = {path: [*pages(_of(path, get, ask), _address(path), 1000)] for path in FIELDS}
    assert all(whole.values())

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(FIELDS)))
        asking = _of(path, get, ask)
        parts = data.draw(st.lists(clauses(path, whole[path]), min_size=0, max_size=2))
        joint = data.draw(st.sampled_from(("AND", "OR")))
        texts = [f"{field}{predicate}'{value.replace(chr(39), chr(39) * 2)}'" for field, _k, predicate, value in parts]
        query = {"filter": f" {joint} ".join(texts)} if texts else {}
        merge = all if joint == "AND" else any
        expected = [one for one in whole[path] if not parts or merge(holds(one, *part) for part in parts)]
        limit = data.draw(st.integers(max(1, len(whole[path]) // 3), 100))
        told = [one["sourcedId"] for one in pages(asking, _address(path), limit, **query)]
        assert told == [one["sourcedId"] for one in expected], query
        _check_sorted(data, asking, path, expected, query)

    check()


def _check_sorted(data: st.DataObject, asking: Get, path: str, expected: list[Found], query: dict[str, str]) -> None:
    field, kind = data.draw(st.sampled_from(sorted(FIELDS[path].items())))
    direction = data.draw(st.sampled_from(("asc", "desc")))
    told = [*pages(asking, _address(path), 1000, sort=field, orderBy=direction, **query)]
    assert {one["sourcedId"] for one in told} == {one["sourcedId"] for one in expected}
    assert len(told) == len(expected)
    if kind not in (LISTS, ANIES):
        values = [value for one in told if (value := at(one, field)) is not None]
        assert values == sorted(values, reverse=direction == "desc"), (field, query)


def _of(path: str, get: Get, ask: Get) -> Get:
    return ask if path.startswith(GRADES) else get


def _address(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
