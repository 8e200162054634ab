"""The query of a collection: `limit`, `offset`, `sort`, `orderBy`, `filter`, `fields`. Pure.

Filter grammar (OneRoster 1.2): one or two clauses `field predicate 'value'`, joined by one `AND` or `OR`; predicates
`= != > >= < <= ~` (contains). A quote inside a value is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .wire import RosterError

MOST = 10_000
"""Objects in one answer at the most; `Link` leads on."""
_CLAUSE = re.compile(r"\s*([A-Za-z][\w.]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'\s*")
_JOINT = re.compile(r"(AND|OR)(?=\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field of the standard lies in the source of its collection.

    Attributes:
        column: the SQL expression.
        kind: text, number, date, time or list (of texts).
    """

    column: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of a collection."""

    limit: int
    offset: int
    order: str
    """SQL after ORDER BY, without the id that makes it total."""
    condition: str
    """SQL of the filter, or an empty text."""
    values: Mapping[str, object]
    fields: frozenset[str] | None


def read(arguments: Mapping[str, str], fields: Mapping[str, Field], selectable: frozenset[str]) -> Wanted:
    """The query of a request.

    Args:
        fields: what can be filtered and sorted by.
        selectable: what can be named in `fields`.

    Raises:
        RosterError: 400 with the part that is wrong.
    """
    limit = _number(arguments, "limit", 100, least=1)
    offset = _number(arguments, "offset", 0, least=0)
    condition, values = _filter(arguments.get("filter"), fields)
    return Wanted(
        min(limit, MOST), offset, _order(arguments, fields), condition, values, _selection(arguments, selectable)
    )


def _number(arguments: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < least:
        raise RosterError(400, "invaliddata", f"{name} must be a whole number from {least} on")
    return int(text)


def _order(arguments: Mapping[str, str], fields: Mapping[str, Field]) -> str:
    sort, direction = arguments.get("sort"), arguments.get("orderBy", "asc").lower()
    if direction not in ("asc", "desc"):
        raise RosterError(400, "invaliddata", "orderBy must be asc or desc")
    if sort is None:
        return ""
    if sort not in fields:
        raise RosterError(400, "invaliddata", f"cannot sort by {sort[:60]!r}")
    return f"{fields[sort].column} {direction} NULLS LAST"


def _selection(arguments: Mapping[str, str], selectable: frozenset[str]) -> frozenset[str] | None:
    text = arguments.get("fields")
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in selectable]:
        raise RosterError(400, "invalid_selection_field", f"there is no field {unknown[0][:60]!r}")
    return frozenset(names)


def _filter(text: str | None, fields: Mapping[str, Field]) -> tuple[str, dict[str, object]]:
    if text is None:
        return "", {}
    first = _CLAUSE.match(text)
    if first is None:
        raise RosterError(400, "invalid_filter_field", "a filter reads: field='value'")
    values: dict[str, object] = {}
    parts = [_clause(first, fields, values)]
    rest = text[first.end() :]
    if rest:
        joint = _JOINT.match(rest)
        second = _CLAUSE.fullmatch(rest, joint.end()) if joint else None
        if joint is None or second is None:
            raise RosterError(400, "invalid_filter_field", "at most two clauses, joined by one AND or OR")
        parts += [joint[1].upper(), _clause(second, fields, values)]
    return f"({' '.join(parts)})", values


def _clause(found: re.Match[str], fields: Mapping[str, Field], values: dict[str, object]) -> str:
    name, predicate, value = found[1], found[2], found[3].replace("''", "'")
    field = fields.get(name)
    if field is None:
        raise RosterError(400, "invalid_filter_field", f"cannot filter by {name[:60]!r}")
    place = f"filter{len(values)}"
    column = field.column
    if field.kind == "list":
        return _of_list(column, predicate, value, place, values)
    if predicate == "~":
        values[place] = value.casefold()
        return f"strpos(lower({column}::text), :{place}) > 0"
    if field.kind == "text":
        column, values[place] = f"lower({column})", value.lower()
    elif field.kind == "number":
        values[place] = _decimal(name, value)
    else:
        values[place] = _moment(name, field.kind, value)
    if predicate == "!=":
        return f"{column} IS DISTINCT FROM :{place}"
    return f"{column} {predicate} :{place}"


def _of_list(column: str, predicate: str, value: str, place: str, values: dict[str, object]) -> str:
    wanted = [part.strip() for part in value.split(",")]
    values[place] = wanted
    if predicate == "~":
        return f"{column} && CAST(:{place} AS text[])"
    if predicate not in ("=", "!="):
        raise RosterError(400, "invalid_filter_field", "a field of several values knows =, != and ~ only")
    same = f"({column} @> CAST(:{place} AS text[]) AND {column} <@ CAST(:{place} AS text[]))"
    return same if predicate == "=" else f"NOT coalesce({same}, false)"


def _decimal(name: str, value: str) -> Decimal:
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", value):
        raise RosterError(400, "invalid_filter_field", f"{name} is compared with a number")
    return Decimal(value)


def _moment(name: str, kind: str, value: str) -> date | datetime:
    try:
        if kind == "date":
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise RosterError(400, "invalid_filter_field", f"{name} is compared with a date") from None
    if moment.tzinfo is None:
        raise RosterError(400, "invalid_filter_field", f"{name} needs a time zone, such as Z")
    return moment
