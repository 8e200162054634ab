"""The description of this service as it stands here, for programs that look before they ask.

Source: OneRoster 1.2 REST binding, section on service discovery. The document is made from our own routes; the
standard's own files are copyrighted and not shipped.
"""

from __future__ import annotations

import re

from flask import Response, current_app

from core.sdk.web import public
from core.sdk.web.runtime import runtime

from .. import access
from ..wire import answered
from .blueprint import PREFIX, blueprint

_NAME = "onerosterv1p2rostersservice_openapi3_v1p0.json"


@blueprint.get(f"/discovery/{_NAME}")
@public("what can be asked is no secret; every answer needs a token")
def discovery() -> Response:
    """The OpenAPI 3.0 document with the addresses of this installation."""
    here = runtime().base_url.rstrip("/")
    scopes = {scope: str(p.label.msgid) for p in access.PERMISSIONS for scope in p.scopes}
    document = {
        "openapi": "3.0.0",
        "info": {"title": "OneRoster 1.2 Rostering Service", "version": "1.0"},
        "servers": [{"url": here + PREFIX}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "OAuth2CC": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{here}/oauth/token", "scopes": scopes}},
                }
            }
        },
    }
    return answered(document)


def _paths() -> dict[str, object]:
    found: dict[str, object] = {}
    for rule in current_app.url_map.iter_rules():
        if not rule.rule.startswith(f"{PREFIX}/") or "/discovery/" in rule.rule:
            continue
        needs = getattr(current_app.view_functions[rule.endpoint], "truong_permission", "")
        scopes = [scope for p in access.PERMISSIONS if p.name == needs for scope in p.scopes]
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"\{(\w+)\}", path)
        ]
        found[path] = {
            "get": {
                "operationId": rule.endpoint.rpartition(".")[2],
                "parameters": parameters,
                "security": [{"OAuth2CC": scopes}],
                "responses": {"200": {"description": "success"}, "default": {"description": "imsx_StatusInfo"}},
            }
        }
    return dict(sorted(found.items()))
