"""The description of a service as it stands here, for programs that look before they ask.

Source: OneRoster 1.2 REST bindings, section on service discovery; the conformance guide has other names for the same
documents. They are made from our own routes; the standard's own files are copyrighted and not shipped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Response, current_app
from werkzeug.routing import Rule

from core.sdk.web import public

from . import access
from .wire import answered, root

_LIST = ("limit", "offset", "sort", "orderBy", "filter", "fields")
_SCHEMAS: Mapping[str, object] = {
    "limit": {"type": "integer", "minimum": 1, "default": 100},
    "offset": {"type": "integer", "minimum": 0, "default": 0},
    "orderBy": {"type": "string", "enum": ["asc", "desc"]},
}
_OWNERS = {
    "school": "schoolSourcedId", "class_id": "classSourcedId", "term": "termSourcedId", "course": "courseSourcedId",
    "item": "lineItemSourcedId", "student": "studentSourcedId", "session": "academicSessionSourcedId",
    "sourced_id": "sourcedId",
}  # fmt: skip
_DONE = {"GET": "200", "PUT": "201", "POST": "201", "DELETE": "204"}


def describe(blueprint: Blueprint, title: str, names: tuple[str, ...]) -> None:
    """Serve the document of a service under its names."""

    @public("what can be asked is no secret; every answer needs a token")
    def discovery() -> Response:
        return answered(_document(blueprint, title))

    for name in names:
        blueprint.add_url_rule(f"/discovery/{name}", f"discovery_{name.replace('.', '_')}", discovery)


def _document(blueprint: Blueprint, title: str) -> dict[str, object]:
    paths: dict[str, dict[str, object]] = {}
    used: set[str] = set()
    for rule in current_app.url_map.iter_rules():
        path = _path(blueprint, rule)
        for method in sorted(rule.methods or ()) if path else ():
            if method in _DONE:
                needs = access.scopes_of(getattr(current_app.view_functions[rule.endpoint], "truong_permission", ""))
                used.update(needs)
                paths.setdefault(path, {})[method.lower()] = _operation(rule, path, method, needs)
    scopes = {scope: str(p.label.msgid) for p in access.PERMISSIONS for scope in p.scopes if scope in used}
    flow = {"clientCredentials": {"tokenUrl": f"{root()}/oauth/token", "scopes": scopes}}
    return {
        "openapi": "3.0.0",
        "info": {"title": title, "version": "1.2"},
        "servers": [{"url": f"{root()}{blueprint.url_prefix}"}],
        "paths": dict(sorted(paths.items())),
        "components": {"securitySchemes": {"OAuth2CC": {"type": "oauth2", "flows": flow}}},
    }


def _path(blueprint: Blueprint, rule: Rule) -> str:
    """The path as the standard writes it, or an empty text for what is none of its operations."""
    prefix = f"{blueprint.url_prefix}/"
    if not rule.rule.startswith(prefix) or "/discovery/" in rule.rule or "<path:" in rule.rule:
        return ""

    def named(found: re.Match[str]) -> str:
        owner = {"students": "student", "teachers": "teacher", "users": "user"}.get(found[1])
        return f"{found[1]}/{{{_OWNERS.get(found[2], f'{owner}SourcedId')}}}"

    return "/" + re.sub(r"(\w+)/<(\w+)>", named, rule.rule.removeprefix(prefix))


def _operation(rule: Rule, path: str, method: str, scopes: list[str]) -> dict[str, object]:
    names = re.findall(r"\{(\w+)\}", path)
    asked = () if method != "GET" else ("fields",) if path.endswith("{sourcedId}") else _LIST
    body = {"application/json": {"schema": {"type": "object"}}}
    done: dict[str, object] = {"description": "success", **({} if method == "DELETE" else {"content": body})}
    return {
        "operationId": rule.endpoint.rpartition(".")[2],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names),
            *({"name": name, "in": "query", "schema": _SCHEMAS.get(name, {"type": "string"})} for name in asked),
        ],
        **({"requestBody": {"required": True, "content": body}} if method in ("PUT", "POST") else {}),
        "security": [{"OAuth2CC": scopes}],
        "responses": {
            _DONE[method]: done,
            "default": {"description": "imsx_StatusInfo", "content": body},
        },
    }
