"""Forms of pages, read by the same marshmallow schemas as the API, so that a rule is written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from core.types.errors import Invalid
from core.types.message import Message, _


def load_form(schema: Schema, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read the posted form (or `data`) through a schema. Empty texts count as not given.

    Raises:
        Invalid: with a message for each field that is wrong.
    """
    many = {name for name, field in schema.fields.items() if type(field).__name__ == "List"}
    form: Mapping[str, Any]
    if data is None:
        form = {
            key: request.form.getlist(key) if key in many else value.strip()
            for key, value in request.form.items()
            if key in schema.fields and (key in many or value.strip())
        }
    else:
        form = data
    try:
        return dict(schema.load(form) or {})
    except ValidationError as error:
        raise Invalid(_("Please check the marked fields."), fields=form_errors(error)) from error


def form_errors(error: ValidationError) -> dict[str, Message]:
    """marshmallow's findings as one message a field."""
    found: dict[str, Message] = {}
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow leaves it bare
    for name, texts in messages.items():
        first = texts
        while isinstance(first, (dict, list)) and first:
            first = next(iter(first.values())) if isinstance(first, dict) else first[0]
        found[str(name)] = first if isinstance(first, Message) else Message(str(first))
    return found


def say(**messages: Message) -> dict[str, Any]:
    """`error_messages` of a marshmallow field as lazy messages; they come back whole in `Invalid.fields`."""
    return dict(messages)
