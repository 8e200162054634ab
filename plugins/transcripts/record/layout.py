"""A layout: names, order and codes of the elements, read from one file.

Whoever needs another form of the file writes another layout beside `layouts/truong-hoc-ba-1.toml`; the program takes
every name from there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from ..rules.slots import Place, Role
from .codecs import Codec, codec
from .shape import Leaf, Part, shape
from .slots import slot_name
from .years import PrimarySubject, SecondarySubject, YearTranscript

OWN = "truong-hoc-ba-1"
IDENTIFIED = (PrimarySubject, SecondarySubject)
"""Classes whose elements carry an Id, because a signature refers to them."""


class LayoutRefused(ValueError):
    """A layout file that does not describe the record."""


@dataclass(frozen=True, slots=True)
class Element:
    """One field as an element. Without `name` the fields of `part` stand in the element around."""

    field: str
    name: str
    leaf: Leaf | None = None
    codec: Codec | None = None
    part: Part | None = None
    item: str = ""
    """Name of the items where `part` is a list and `name` the list."""


@dataclass(frozen=True)
class Layout:
    """A layout, checked against the classes of the record."""

    name: str
    envelope: Mapping[str, str]
    slots: Mapping[Role, str]
    ids: Mapping[str, str]
    elements: Mapping[type, tuple[Element, ...]]
    values: Mapping[str, Mapping[str, str]]
    formats: Mapping[str, str]

    def reference(self, place: Place) -> str:
        """Id of the element that a place signs (the seal: the same as the principal, with one reference more)."""
        match place.role:
            case Role.SUBJECT:
                return self.ids["subject"] + place.subject
            case Role.HOMEROOM:
                return self.ids["content"]
            case _:
                return self.ids["data"]

    def referenced(self, place: Place) -> str:
        """Name of the element that a place signs."""
        match place.role:
            case Role.SUBJECT:
                return str(self.subject_element)
            case Role.HOMEROOM:
                return self.envelope["content"]
            case _:
                return self.envelope["data"]

    def slot_tags(self, place: Place) -> tuple[str, str]:
        """Start and end tag of the element in which a signature stands."""
        name = self.slots[place.role]
        attribute = f' Id="{slot_name(place)}"' if place.role is Role.SUBJECT else ""
        return f"<{name}{attribute}>", f"</{name}>"

    @cached_property
    def subject_element(self) -> str:
        """Name of the element of one subject's result."""
        found: set[str] = {
            e.item for group in self.elements.values() for e in group if e.part and e.part.type in IDENTIFIED
        }
        if len(found) != 1:
            raise LayoutRefused("subjects need one name of element in all stages")
        return found.pop()


def load(document: str) -> Layout:
    """A layout from the text of its file.

    Raises:
        LayoutRefused: a field without an element, an element without a field, or a missing table.
    """
    try:
        table = tomllib.loads(document)
        layout = Layout(
            name=table["name"],
            envelope=table["envelope"],
            slots={role: table["slots"][role.name.lower()] for role in Role},
            ids=table["ids"],
            elements={one: _elements(one, table) for one in _classes(YearTranscript)},
            values=table["values"],
            formats=table["formats"],
        )
    except KeyError as error:
        raise LayoutRefused(f"nothing is said of {error}") from error
    if not layout.subject_element:
        raise LayoutRefused("subjects are a list of items with a name")
    return layout


@cache
def layouts() -> Mapping[str, Layout]:
    """Every layout that is shipped, by name."""
    folder = files("plugins.transcripts.record") / "layouts"
    found = [load(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    return {layout.name: layout for layout in found}


def own() -> Layout:
    """The layout that new records are written in."""
    return layouts()[OWN]


def _classes(record: type) -> tuple[type, ...]:
    parts = [field.type for field in shape(record).values() if isinstance(field, Part)]
    return tuple(dict.fromkeys([record, *(inner for part in parts for inner in _classes(part))]))


def _elements(record: type, table: Mapping[str, Mapping[str, str]]) -> tuple[Element, ...]:
    named, wanted = table[record.__name__], shape(record)
    if set(named) != set(wanted):
        raise LayoutRefused(f"{record.__name__}: {', '.join(sorted(set(named) ^ set(wanted)))}")
    return tuple(_element(wanted[field], name, table) for field, name in named.items())


def _element(field: Leaf | Part, name: str, table: Mapping[str, object]) -> Element:
    if isinstance(field, Leaf):
        values, formats = table["values"], table["formats"]
        return Element(field.name, name, leaf=field, codec=codec(field, values, formats))  # type: ignore[arg-type]  # TOML
    outer, _slash, item = name.partition("/")
    if field.many != bool(item) or (name == "." and (field.optional or field.many)):
        raise LayoutRefused(f"{field.name}: {name!r}")
    return Element(field.name, "" if name == "." else outer, part=field, item=item)
