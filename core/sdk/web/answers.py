"""What an API view answers, for the OpenAPI description: taken from its types, never checked while it serves.

    @meals.route("")
    @meals.answers(200, Meal, listed=True)
    @api("core.home.see")
    def list_meals(ctx: Context) -> Response:
        return json_list(services.meals(ctx))

The shape is a dataclass, a TypedDict or whatever else msgspec writes; its docstring is the description.
"""

from __future__ import annotations

import http
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import msgspec

Json = dict[str, Any]
_REFS = "#/components/schemas/"
_TEXT: Json = {"type": "string"}
_ETAG = {"description": "Changes when the record does; for If-Match.", "schema": _TEXT, "required": True}
_LINK = {"description": 'The next page, as `rel="next"` (RFC 8288).', "schema": _TEXT}
_REPLAYED = {
    "description": "The request had been carried out before; this is its answer.",
    "schema": {"type": "string", "const": "true"},
}
IF_MATCH: Json = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": _TEXT,
    "description": "The ETag that was read (RFC 9110).",
}
IDEMPOTENCY_KEY: Json = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!#-\\[\\]-~]{1,128}$"},
    "description": "Chosen by the caller. The same request with the same key has one effect and one answer.",
}


class Created(msgspec.Struct, frozen=True):
    """What was made."""

    id: UUID


class Started(msgspec.Struct, frozen=True):
    """Work that goes on in the background."""

    job_id: UUID


class Components(Protocol):
    """The shared part of a description (apispec's `spec.components`)."""

    schemas: dict[str, Json]

    def schema(self, component_id: str, component: Json) -> object: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of success, as `ApiBlueprint.answers` was told."""

    status: int
    shape: object
    listed: bool = False
    media_type: str = "application/json"
    etag: bool = False
    replayed: bool = False

    def describe(self, components: Components, owner: str) -> Json:
        """The response object of OpenAPI; what its shape consists of goes into the components.

        Args:
            owner: put before a component's name when another shape has it already.
        """
        described: Json = {"description": http.HTTPStatus(self.status).phrase}
        headers: Json = {"ETag": _ETAG} if self.etag else {}
        if self.listed:
            headers["Link"] = _LINK
        if self.replayed:
            headers["Idempotent-Replayed"] = _REPLAYED
        if headers:
            described["headers"] = headers
        if self.media_type != "application/json":
            described["content"] = {self.media_type: {}}
        elif self.shape is not None:
            schema = reference(self.shape, components, owner)
            described["content"] = {self.media_type: {"schema": page_of(schema) if self.listed else schema}}
        return described


def page_of(schema: Json) -> Json:
    """The schema of `json_list`."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": schema},
            "next": {
                "type": ["string", "null"],
                "description": "`cursor` of the next page; null on the last one.",
            },
        },
        "required": ["items", "next"],
    }


def reference(shape: object, components: Components, owner: str) -> Json:
    """The schema of a type; its named parts become components."""
    for prefix in ("", f"{owner}."):
        (schema,), parts = msgspec.json.schema_components([shape], ref_template=f"{_REFS}{prefix}{{name}}")
        named = {f"{prefix}{name}": part for name, part in parts.items()}
        if all(components.schemas.get(name, part) == part for name, part in named.items()):
            for name, part in named.items():
                if name not in components.schemas:
                    components.schema(name, part)
            return schema
    raise ValueError(f"{owner}: two shapes of one name: {', '.join(parts)}")
