"""Fields of the record's classes, read once from their annotations."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

from .kinds import Kind


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that holds one value."""

    name: str
    kind: Kind
    members: type[enum.StrEnum] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A field that holds another class of the record: one, perhaps one, or many."""

    name: str
    type: type
    many: bool = False
    optional: bool = False


@cache
def shape(record: type) -> dict[str, Leaf | Part]:
    """Every field of a class of the record, by name.

    Raises:
        TypeError: a field that is neither described by a kind nor another class of the record.
    """
    hints = get_type_hints(record, include_extras=True)
    return {one.name: _field(one.name, hints[one.name]) for one in fields(record)}


def _field(name: str, hint: object) -> Leaf | Part:
    if get_origin(hint) is Annotated:
        inner, kind = get_args(hint)[:2]
        picked = [one for one in _choices(inner) if isinstance(one, type) and issubclass(one, enum.StrEnum)]
        return Leaf(name, kind, picked[0] if picked else None)
    if get_origin(hint) is tuple:
        return Part(name, get_args(hint)[0], many=True)
    found = _choices(hint)
    records = [one for one in found if isinstance(one, type) and one is not NoneType]
    if len(records) != 1:
        raise TypeError(f"{name}: {hint} is no part of a record")
    return Part(name, records[0], optional=NoneType in found)


def _choices(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
