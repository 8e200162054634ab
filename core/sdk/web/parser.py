"""Arguments of API requests: what no column of the database can hold is refused before a schema looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from webargs.flaskparser import FlaskParser

from core.types.message import Message, _

from .view import UNREADABLE

_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EXACT = 2**53
"""Beyond it programs disagree about a number (RFC 8259 section 6)."""


class PageQuery(Schema):
    """Where a list goes on, and how much of it is wanted: `@blueprint.arguments(PageQuery, location="query")`."""

    cursor = fields.String(load_default=None, metadata={"description": "`next` of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class SearchQuery(PageQuery):
    """The same with words to look for; accents may be missing."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class StrictParser(FlaskParser):
    """webargs that refuses control characters, lone surrogates and numbers that lose digits."""

    def load_json(self, req: Any, schema: Any) -> Any:
        """Called by webargs.

        Raises:
            ValidationError: the body is nested deeper than it can be read.
        """
        try:
            return super().load_json(req, schema)
        except RecursionError as error:
            raise ValidationError({"body": list[Any]([_("This is nested too deeply.")])}) from error

    def pre_load(self, location_data: Any, **options: Any) -> Any:
        """Called by webargs between reading and validation.

        Raises:
            ValidationError: names the field.
        """
        if faults := dict(_faults(location_data)):
            raise ValidationError({name: list[Any]([text]) for name, text in faults.items()})
        return location_data


def unreadable(text: str) -> bool:
    """Whether a text has characters that nobody types and PostgreSQL does not store."""
    return _UNREADABLE.search(text) is not None


def _faults(value: object, name: str = "") -> Iterator[tuple[str, Message]]:
    if isinstance(value, str):
        if unreadable(value):
            yield name or "body", UNREADABLE
    elif isinstance(value, int | float):
        if not -_EXACT <= value <= _EXACT:  # NaN too
            yield name or "body", _("This number is out of range.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(key, str) and unreadable(key):
                yield name or "body", UNREADABLE
            else:
                yield from _faults(inner, name or str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _faults(inner, name)
