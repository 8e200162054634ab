"""A file back to its record: one pass over the bytes, led by the layout, with no room for anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..rules.slots import Place, Role
from .codecs import forbidden, unescape
from .layout import IDENTIFIED, Element, Layout
from .slots import slot_name
from .writer import content, envelope
from .years import YearTranscript

T = TypeVar("T")


class Malformed(ValueError):
    """Not a file of this layout. `code` is the name of the finding, `where` the element that was expected or wrong."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code}: {where}")
        self.code = code
        self.where = where


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read. `parts` holds the canonical bytes behind every Id that may be signed."""

    data: bytes = field(repr=False)
    record: YearTranscript
    layout: Layout
    parts: Mapping[str, bytes] = field(repr=False)
    signatures: Mapping[Place, bytes] = field(repr=False)
    """What stands in each place, as it is; empty bytes where nobody has signed."""


def read(data: bytes, layout: Layout) -> Document:
    """Read a file, signed or not.

    Raises:
        Malformed: at the first thing that is not as the layout says, or not in the one way to write it.
    """
    cursor = _Cursor(data, layout)
    names = layout.envelope
    cursor.expect(f"<{names['root']}>")
    start = cursor.at
    cursor.expect(f'<{names["data"]} Id="{layout.ids["data"]}">')
    begin = cursor.at
    cursor.expect(f'<{names["content"]} Id="{layout.ids["content"]}">')
    record = cursor.part(YearTranscript)
    cursor.expect(f"</{names['content']}>")
    body = data[begin : cursor.at]
    if forbidden(body.decode()) or content(record, layout) != body:
        raise Malformed("not_canonical", names["content"])
    cursor.expect(f"<{names['signatures']}><{names['subjects']}>")
    slots = record.slots
    signatures: dict[Place, bytes] = {}
    end = 0
    for place in slots:
        if place.role is Role.HOMEROOM:
            cursor.expect(f"</{names['subjects']}>")
        if place.role is Role.PRINCIPAL:
            cursor.expect(f"</{names['signatures']}></{names['data']}>")
            end = cursor.at
            cursor.expect(f"<{names['issue']}>")
        signatures[place] = cursor.slot(place)
    cursor.expect(f"</{names['issue']}></{names['root']}>")
    if cursor.at != len(data) or envelope(body, slots, layout, signatures) != data:
        raise Malformed("unexpected_element", names["root"])
    parts = {layout.ids["content"]: body, layout.ids["data"]: data[start:end], **cursor.subjects}
    return Document(data, record, layout, parts, signatures)


@dataclass(slots=True)
class _Cursor:
    data: bytes
    layout: Layout
    at: int = 0
    subjects: dict[str, bytes] = field(default_factory=dict)

    def expect(self, tag: str) -> None:
        raw = tag.encode()
        if not self.data.startswith(raw, self.at):
            raise Malformed("unexpected_element", tag)
        self.at += len(raw)

    def sees(self, tag: str) -> bool:
        return self.data.startswith(tag.encode(), self.at)

    def part(self, record: type[T]) -> T:
        return record(**{one.field: self.element(one) for one in self.layout.elements[record]})

    def element(self, element: Element) -> object:
        if element.codec:
            text = self.text(element.name)
            try:
                return element.codec.decode(text)
            except ValueError as error:
                raise Malformed("value_malformed", element.name) from error
        assert element.part  # noqa: S101  # an element is a value or a part
        if not element.name:
            return self.part(element.part.type)
        if element.item:
            return self.items(element, element.part.type)
        if element.part.optional and not self.sees(f"<{element.name}>"):
            return None
        self.expect(f"<{element.name}>")
        found: object = self.part(element.part.type)
        self.expect(f"</{element.name}>")
        return found

    def text(self, name: str) -> str:
        self.expect(f"<{name}>")
        end = self.data.find(b"<", self.at)
        raw = self.data[self.at : end]
        self.at = end
        self.expect(f"</{name}>")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise Malformed("encoding_refused", name) from error
        return unescape(text) if "&" in text else text

    def items(self, element: Element, record: type[T]) -> tuple[T, ...]:
        self.expect(f"<{element.name}>")
        found: list[T] = []
        opening = f'<{element.item} Id="' if record in IDENTIFIED else f"<{element.item}>"
        while self.sees(opening):
            found.append(
                self.subject(element.item, record) if record in IDENTIFIED else self.item(element.item, record)
            )
        self.expect(f"</{element.name}>")
        return tuple(found)

    def item(self, name: str, record: type[T]) -> T:
        self.expect(f"<{name}>")
        found = self.part(record)
        self.expect(f"</{name}>")
        return found

    def subject(self, name: str, record: type[T]) -> T:
        begin = self.at
        self.at = self.data.find(b">", begin) + 1
        found = self.part(record)
        self.expect(f"</{name}>")
        identifier = self.layout.ids["subject"] + getattr(found, "code", "")
        if identifier in self.subjects:
            raise Malformed("duplicate_id", identifier)
        self.subjects[identifier] = self.data[begin : self.at]
        return found

    def slot(self, place: Place) -> bytes:
        try:
            slot_name(place)
        except ValueError as error:
            raise Malformed("value_malformed", place.subject) from error
        start, end = self.layout.slot_tags(place)
        self.expect(start)
        begin = self.at
        close = self.data.find(end.encode(), begin)
        if close < 0:
            raise Malformed("unexpected_element", end)
        self.at = close
        self.expect(end)
        return self.data[begin:close]
