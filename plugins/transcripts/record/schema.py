"""The XML schema (XSD) of a layout, made from the layout and the record's classes: it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ..rules.slots import Role
from .kinds import Day, Flag, Kind, MarkOf, Text, Whole
from .layout import IDENTIFIED, Element, Layout
from .problems import mark_pattern
from .shape import Leaf
from .years import YearTranscript

DS = "http://www.w3.org/2000/09/xmldsig#"
NOTICE = (
    "Schema of this project for the transcript of one school year. It is NOT the schema of the Ministry of Education "
    "and Training, which is not public. Files are their own exclusive canonical form; see README.md beside this file."
)


def schema(layout: Layout) -> str:
    """The text of the XSD."""
    names = layout.envelope
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" version={quoteattr(layout.name)}>',
        f"  <xs:annotation><xs:documentation>{escape(NOTICE)}</xs:documentation></xs:annotation>",
        *_slot_type(),
        *_complex(names["content"], _part(YearTranscript, layout), layout.ids["content"]),
        *_complex(names["data"], _data(layout), layout.ids["data"]),
        f'  <xs:element name="{names["root"]}"><xs:complexType><xs:sequence>',
        f'    <xs:element ref="{names["data"]}"/>',
        f'    <xs:element name="{names["issue"]}"><xs:complexType><xs:sequence>',
        *(f'      <xs:element name="{layout.slots[role]}" type="slot"/>' for role in (Role.PRINCIPAL, Role.SEAL)),
        "    </xs:sequence></xs:complexType></xs:element>",
        "  </xs:sequence></xs:complexType></xs:element>",
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def _slot_type() -> list[str]:
    return [
        '  <xs:complexType name="slot"><xs:sequence>',
        f'    <xs:any namespace="{DS}" processContents="skip" minOccurs="0"/>',
        '  </xs:sequence><xs:attribute name="Id" type="xs:ID"/></xs:complexType>',
    ]


def _complex(name: str, inner: Iterator[str], identifier: str) -> Iterator[str]:
    yield f'  <xs:element name="{name}"><xs:complexType><xs:sequence>'
    yield from ("    " + line for line in inner)
    yield '  </xs:sequence><xs:attribute name="Id" use="required"><xs:simpleType>'
    yield f'    <xs:restriction base="xs:ID"><xs:enumeration value="{identifier}"/></xs:restriction>'
    yield "  </xs:simpleType></xs:attribute>"
    yield "  </xs:complexType></xs:element>"


def _data(layout: Layout) -> Iterator[str]:
    names = layout.envelope
    yield f'<xs:element ref="{names["content"]}"/>'
    yield f'<xs:element name="{names["signatures"]}"><xs:complexType><xs:sequence>'
    yield f'  <xs:element name="{names["subjects"]}"><xs:complexType><xs:sequence>'
    yield f'    <xs:element name="{layout.slots[Role.SUBJECT]}" type="slot" minOccurs="0" maxOccurs="unbounded"/>'
    yield "  </xs:sequence></xs:complexType></xs:element>"
    yield f'  <xs:element name="{layout.slots[Role.HOMEROOM]}" type="slot"/>'
    yield "</xs:sequence></xs:complexType></xs:element>"


def _part(record: type, layout: Layout) -> Iterator[str]:
    for element in layout.elements[record]:
        yield from _element(element, layout)


def _element(element: Element, layout: Layout) -> Iterator[str]:
    if element.leaf:
        yield from _leaf(element.name, element.leaf, layout)
        return
    assert element.part  # noqa: S101  # an element is a value or a part
    inner = _part(element.part.type, layout)
    if not element.name:
        yield from inner
        return
    if element.item:
        yield f'<xs:element name="{element.name}"><xs:complexType><xs:sequence>'
        yield f'<xs:element name="{element.item}" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>'
        yield from ("  " + line for line in inner)
        identified = '<xs:attribute name="Id" type="xs:ID" use="required"/>' if element.part.type in IDENTIFIED else ""
        yield f"</xs:sequence>{identified}</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>"
        return
    fewest = ' minOccurs="0"' if element.part.optional else ""
    yield f'<xs:element name="{element.name}"{fewest}><xs:complexType><xs:sequence>'
    yield from ("  " + line for line in inner)
    yield "</xs:sequence></xs:complexType></xs:element>"


def _leaf(name: str, leaf: Leaf, layout: Layout) -> Iterator[str]:
    yield f'<xs:element name="{name}"><xs:simpleType><xs:restriction base="xs:string">'
    yield from ("  " + line for line in _facets(leaf.kind, leaf, layout))
    yield "</xs:restriction></xs:simpleType></xs:element>"


def _facets(kind: Kind, leaf: Leaf, layout: Layout) -> Iterator[str]:
    maybe = "" if kind.required else "?"
    match kind:
        case Text(longest, required, pattern):
            yield f'<xs:minLength value="{int(required)}"/>'
            yield f'<xs:maxLength value="{longest}"/>'
            if pattern:
                yield f"<xs:pattern value={quoteattr(f'({pattern}){maybe}')}/>"
        case Whole():
            yield f'<xs:pattern value="([1-9][0-9]*|0){maybe}"/>'
        case Day():
            if layout.formats["day"] == "%Y-%m-%d":
                yield f'<xs:pattern value="([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){maybe}"/>'
        case MarkOf(_decimals, words):
            numbers = mark_pattern(kind).replace("\\.", "\\" + layout.formats["decimal"])
            choice = "|".join([numbers, *(layout.values["Verbal"][word] for word in words)])
            yield f"<xs:pattern value={quoteattr(f'({choice}){maybe}')}/>"
        case _:
            table = "Flag" if isinstance(kind, Flag) else leaf.members.__name__ if leaf.members else ""
            texts = [*layout.values[table].values(), *([] if kind.required else [""])]
            yield from (f"<xs:enumeration value={quoteattr(text)}/>" for text in texts)
