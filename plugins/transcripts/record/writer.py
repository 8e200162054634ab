"""A record as canonical XML: the bytes that are hashed and signed are written at once, never serialised a second time.

A file is its own canonical form (Exclusive XML Canonicalization 1.0, without comments): no declaration, no white space
between elements, no empty-element tags, one way to write every value. So the canonical form of any part that carries an
Id is a slice of the file, and a reader needs no XML library to know what was signed.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..rules.slots import Place, Role
from .codecs import escape
from .layout import IDENTIFIED, Element, Layout
from .years import YearTranscript

EMPTY: Mapping[Place, bytes] = {}


def content(record: YearTranscript, layout: Layout) -> bytes:
    """What the homeroom teacher signs: everything that the record says.

    Raises:
        NoSuchValue: a value that the layout has no text for (see `record.problems`, which says it kindly).
    """
    name, out = layout.envelope["content"], list[str]()
    _write(record, layout, out)
    return f'<{name} Id="{layout.ids["content"]}">{"".join(out)}</{name}>'.encode()


def envelope(body: bytes, slots: tuple[Place, ...], layout: Layout, signatures: Mapping[Place, bytes] = EMPTY) -> bytes:
    """A whole file around the content, with the signatures that are there; the other places stay empty."""
    names, out = layout.envelope, [f'<{layout.envelope["root"]}><{layout.envelope["data"]} Id="'.encode()]
    out += [layout.ids["data"].encode(), b'">', body, f"<{names['signatures']}><{names['subjects']}>".encode()]
    for place in slots:
        if place.role is Role.HOMEROOM:
            out.append(f"</{names['subjects']}>".encode())
        if place.role is Role.PRINCIPAL:
            out.append(f"</{names['signatures']}></{names['data']}><{names['issue']}>".encode())
        start, end = layout.slot_tags(place)
        out += [start.encode(), signatures.get(place, b""), end.encode()]
    out.append(f"</{names['issue']}></{names['root']}>".encode())
    return b"".join(out)


def write(record: YearTranscript, layout: Layout) -> bytes:
    """A whole file with empty places for signatures.

    Raises:
        NoSuchValue: as `content`.
    """
    return envelope(content(record, layout), record.slots, layout)


def _write(part: object, layout: Layout, out: list[str]) -> None:
    for element in layout.elements[type(part)]:
        value = getattr(part, element.field)
        if element.codec:
            out.append(f"<{element.name}>{escape(element.codec.encode(value))}</{element.name}>")
        elif not element.name:
            _write(value, layout, out)
        elif element.item:
            _list(element, value, layout, out)
        elif value is not None:
            out.append(f"<{element.name}>")
            _write(value, layout, out)
            out.append(f"</{element.name}>")


def _list(element: Element, values: tuple[object, ...], layout: Layout, out: list[str]) -> None:
    out.append(f"<{element.name}>")
    for value in values:
        identifier = f' Id="{layout.ids["subject"]}{value.code}"' if isinstance(value, IDENTIFIED) else ""
        out.append(f"<{element.item}{identifier}>")
        _write(value, layout, out)
        out.append(f"</{element.item}>")
    out.append(f"</{element.name}>")
