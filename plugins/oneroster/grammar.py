"""The query of a collection: `limit`, `offset`, `sort`, `orderBy`, `filter`, `fields`. Pure.

Filter grammar (OneRoster 1.2): one or two clauses `field predicate 'value'`, joined by one `AND` or `OR`; predicates
`= != > >= < <= ~` (contains). A quote inside a value is written twice. Texts are compared without regard to capitals,
and sorted by code point, as the standard asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from .wire import RosterError

MOST = 10_000
"""Objects in one answer at the most; `Link` leads on."""
_KNOWN = ("limit", "offset", "sort", "orderBy", "filter", "fields")
_CLAUSE = re.compile(r"\s*([A-Za-z][\w.]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'\s*")
_JOINT = re.compile(r"(AND|OR)(?=\s)", re.IGNORECASE)
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:\d\d$)")
"""The plus of a time zone, which an address that is not encoded turns into a space."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field of the standard lies in the source of its collection.

    Attributes:
        column: the SQL expression.
        kind: text; number; date; time; list (of texts, compared as a whole); any (of texts, of which one must fit);
            constant (`column` is the value itself, the same for every object).
    """

    column: str
    kind: str = "text"


NOTHING = Field("NULL::text")
"""A field of the standard about which the school holds nothing: no object has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of a collection."""

    limit: int
    offset: int
    order: str
    """SQL after ORDER BY, without what makes it total."""
    condition: str
    """SQL of the filter, or an empty text."""
    values: Mapping[str, object]
    fields: frozenset[str] | None


def once(arguments: Iterable[tuple[str, list[str]]]) -> None:
    """Let pass if no part of the query is there twice.

    Raises:
        RosterError: 400 otherwise.
    """
    for name, values in arguments:
        if name in _KNOWN and len(values) > 1:
            raise RosterError(400, "invaliddata", f"{name} must be there only once")


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
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise RosterError(400, "invaliddata", f"{name} must be a whole number from {least} on")
    return int(text)


def _order(arguments: Mapping[str, str], fields: Mapping[str, Field]) -> str:
    """A field that is not there sorts nothing: the standard wants our own order then, and has no error for it."""
    field, direction = fields.get(arguments.get("sort", "")), arguments.get("orderBy", "asc").lower()
    if direction not in ("asc", "desc"):
        raise RosterError(400, "invaliddata", "orderBy must be asc or desc")
    if field is None or field.kind == "constant" or field is NOTHING:
        return ""
    collated = f'{field.column} COLLATE "C"' if field.kind == "text" else field.column
    return f"{collated} {direction} NULLS LAST"


def _selection(arguments: Mapping[str, str], selectable: frozenset[str]) -> frozenset[str] | None:
    """The fields that are wanted; of a path into an object, the whole object."""
    text = arguments.get("fields")
    if text is None:
        return None
    names = [name.strip().partition(".")[0] for name in text.split(",")]
    if unknown := [name for name in names if name not in selectable]:
        raise RosterError(400, "invalid_selection_field", f"there is no field {unknown[0][:60]!r}")
    return frozenset(names)


def _filter(text: str | None, fields: Mapping[str, Field]) -> tuple[str, dict[str, object]]:
    if text is None:
        return "", {}
    if "\0" in text:
        raise RosterError(400, "invalid_filter_field", "a filter has no control characters")
    first = _CLAUSE.match(text)
    if first is None:
        raise RosterError(400, "invalid_filter_field", "a filter reads: field='value'")
    values: dict[str, object] = {}
    condition = _clause(first, fields, values)
    rest = text[first.end() :]
    if rest:
        joint = _JOINT.match(rest)
        second = _CLAUSE.fullmatch(rest, joint.end()) if joint else None
        if joint is None or second is None:
            raise RosterError(400, "invalid_filter_field", "at most two clauses, joined by one AND or OR")
        condition = _joined(joint[1].upper(), condition, _clause(second, fields, values))
    return ("" if condition == "true" else condition), values


def _joined(joint: str, first: str, second: str) -> str:
    """Both conditions; `true` and `false` of constants fall out, so that `status='active'` costs nothing."""
    alone = "true" if joint == "AND" else "false"
    parts = [part for part in (first, second) if part != alone]
    if len(parts) < 2:
        return parts[0] if parts else alone
    return f"({first} {joint} {second})"


def _clause(found: re.Match[str], fields: Mapping[str, Field], values: dict[str, object]) -> str:
    name, predicate, value = found[1], found[2], found[3].replace("''", "'")
    field = fields.get(name)
    if field is None:
        raise RosterError(400, "invalid_filter_field", f"cannot filter by {name[:60]!r}")
    place = f"filter{len(values)}"
    if field.kind == "constant":
        return "true" if _holds(field.column.lower(), predicate, value.lower()) else "false"
    if field.kind in ("list", "any"):
        return (_of_list if field.kind == "list" else _of_any)(field.column, predicate, value, place, values)
    if predicate == "~":
        values[place] = value
        return f"strpos(lower({field.column}::text), lower(:{place})) > 0"
    return _compared(name, field, predicate, value, place, values)


def _holds(column: str, predicate: str, value: str) -> bool:
    return {
        "=": column == value, "!=": column != value, ">": column > value, ">=": column >= value,
        "<": column < value, "<=": column <= value, "~": value in column,
    }[predicate]  # fmt: skip


def _compared(name: str, field: Field, predicate: str, value: str, place: str, values: dict[str, object]) -> str:
    column, wanted = field.column, f":{place}"
    if field.kind == "text":
        values[place] = value
        column, wanted = f'lower({column}) COLLATE "C"', f"lower(:{place})"
    elif field.kind == "number":
        values[place] = _decimal(name, value)
    else:
        moment = _moment(name, value)
        values[place] = moment.date() if field.kind == "date" else moment
    return f"{column} {'IS DISTINCT FROM' if predicate == '!=' else predicate} {wanted}"


def _of_list(column: str, predicate: str, value: str, place: str, values: dict[str, object]) -> str:
    values[place] = [part.strip() for part in value.split(",")]
    if predicate == "~":
        return f"coalesce({column} && CAST(:{place} AS text[]), false)"
    if predicate not in ("=", "!="):
        raise RosterError(400, "invalid_filter_field", "a field of several values knows =, != and ~ only")
    same = f"coalesce({column} @> CAST(:{place} AS text[]) AND {column} <@ CAST(:{place} AS text[]), false)"
    return same if predicate == "=" else f"NOT {same}"


def _of_any(column: str, predicate: str, value: str, place: str, values: dict[str, object]) -> str:
    if predicate not in ("=", "!=", "~"):
        raise RosterError(400, "invalid_filter_field", "a field of several objects knows =, != and ~ only")
    values[place] = value
    fits = f"strpos(lower(one), lower(:{place})) > 0" if predicate == "~" else f"lower(one) = lower(:{place})"
    return f"{'NOT ' if predicate == '!=' else ''}EXISTS (SELECT FROM unnest({column}) one WHERE {fits})"


def _decimal(name: str, value: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", value):
        raise RosterError(400, "invalid_filter_field", f"{name} is compared with a number")
    return Decimal(value)


def _moment(name: str, value: str) -> datetime:
    """A day is its first moment, and a time without a zone is UTC: programs in use write both."""
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub("+", value))
    except ValueError:
        raise RosterError(400, "invalid_filter_field", f"{name} is compared with a date") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
