"""What a file of the sector's database looks like: kinds, fields, versions by school year. Read from TOML data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from core.sdk import fold

Form = Literal["text", "date", "year", "personal_id", "number", "mark"]
Persons = Literal["learner", "class"]
KINDS = ("profiles", "classes", "term_marks", "year_results", "attendance")
ENVELOPE = ("idbanghi", "sukien", "phienban", "thoigiancapnhat")
"""Filled when a row is written: id, NEW or UPDATE, version, time. Never part of what is compared."""
OWN = frozenset({"stt", *ENVELOPE})
"""Fields that the file itself brings along."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours that the sector's files know.

    Attributes:
        headers: texts by which a column is known; the first one is what we write.
        unless: another field that stands in for this one where it is required.
        most: longest text; 0 for any.
        codes: name of the list that turns our code into the sector's word.
        unique: the same value on two rows of a batch is an error.
        page: where a record is mended (`edit`, `more`, `family`, `policies`, `results`, `attendance`, `show`).
        jump: the field of that page.
    """

    name: str
    headers: tuple[str, ...] = ()
    required: bool = False
    unless: str = ""
    form: Form = "text"
    most: int = 0
    codes: str = ""
    unique: bool = False
    page: str = "edit"
    jump: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its header, and the field that fills it; empty where we know none."""

    header: str
    field: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data that can be sent. `persons`: whose record a row is."""

    name: str
    label: str
    persons: Persons
    by_term: bool
    data_classes: frozenset[str]
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Shape:
    """The layout of a file of a kind, from a school year on."""

    kind: str
    code: str
    """`profiles/2026-2027`; of a school's own template its id."""
    valid_from: str
    """The first school year, `2026-2027`."""
    sheet: str
    titles: tuple[str, ...]
    """Rows above the header; `{school}`, `{year}` and `{term}` are filled in."""
    columns: tuple[Column, ...]
    header_row: int = 0
    """Which row (from 1) the header stands in; 0: right below the titles."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields whose values are sent and compared."""
        return tuple(dict.fromkeys(c.field for c in self.columns if c.field and c.field not in OWN))


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("plugins.sector.shapes") / f"{name}.toml").read_text("utf-8"))


@cache
def common() -> Mapping[str, Any]:
    """Envelope, code lists, and the words of an answer."""
    return MappingProxyType(_data("common"))


@cache
def kind_of(name: str) -> Kind:
    """A kind by its name.

    Raises:
        KeyError: there is none.
    """
    if name not in KINDS:
        raise KeyError(name)
    data = _data(name)
    fields = [_field(one) for one in [*data["field"], *common()["envelope"]]]
    by_name = MappingProxyType({one.name: one for one in fields})
    classes = frozenset(data["data_classes"])
    return Kind(data["kind"], data["name"], data["persons"], bool(data.get("term")), classes, by_name)


def _field(data: Mapping[str, Any]) -> Field:
    return replace(Field(data["name"]), **{key: value for key, value in data.items() if key not in ("name", "headers")},
                   headers=tuple(data["headers"]))  # fmt: skip


@cache
def versions(kind: str) -> tuple[Shape, ...]:
    """The shapes of a kind that come with the program, oldest first."""
    known = kind_of(kind)
    found = [
        Shape(
            kind,
            f"{kind}/{one['valid_from']}",
            one["valid_from"],
            one["sheet"],
            tuple(one.get("titles", ())),
            tuple(Column(known.fields[name].headers[0], name) for name in one["columns"]),
        )
        for one in _data(kind)["shape"]
    ]
    return tuple(sorted(found, key=lambda shape: shape.valid_from))


def shape_for(kind: str, year: str, own: Sequence[Shape] = ()) -> Shape:
    """The shape that holds in a school year: the school's own before ours, the latest that has begun.

    A year before the first version is served by the first.
    """
    for candidates in (sorted(own, key=lambda one: one.valid_from), versions(kind)):
        begun = [one for one in candidates if one.kind == kind and one.valid_from <= year]
        if begun:
            return begun[-1]
    return versions(kind)[0]


def resolve(kind: str, header: str) -> str | None:
    """The field that a header text names, whatever its letter case, accents and spaces; None for an unknown one."""
    return _names(kind).get(squeezed(header))


@cache
def _names(kind: str) -> Mapping[str, str]:
    known = kind_of(kind)
    return {squeezed(text): one.name for one in known.fields.values() for text in one.headers}


def squeezed(text: str) -> str:
    """A header without accents, case, stars for required columns, and punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())
