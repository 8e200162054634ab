"""The API under /api/v1 and its OpenAPI 3.1 description."""

from __future__ import annotations

import http
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, Response
from flask_smorest import Api
from flask_smorest.spec import prepare_response

from core.sdk import VERSION
from core.sdk.web.api import Problem, problem
from core.sdk.web.runtime import COOKIE
from core.types.message import Message

from .language import translate

PREFIX = "/api/v1"


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest that describes and answers errors as problem+json (RFC 9457)."""

    ERROR_SCHEMA = Problem

    @property
    def app(self) -> Flask:
        """The application that it is mounted on."""
        return cast(Flask, self._app)

    def _register_responses(self) -> None:
        known = [(s.name, s.phrase, not 100 <= s < 200 and s not in (204, 304)) for s in http.HTTPStatus]
        for name, text, has_body in [*known, ("DEFAULT_ERROR", "Problem", True)]:
            response: dict[str, Any] = {"description": text, **({"schema": Problem} if has_body else {})}
            prepare_response(response, self.spec, "application/problem+json")
            self.spec.components.response(name, response, lazy=True)  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]

    def handle_http_exception(self, error: Any) -> Response:  # pyright: ignore[reportIncompatibleMethodOverride]
        response, code, headers = super().handle_http_exception(error)
        found = response.get("errors") or {}
        fields = {
            f"{place}.{name}" if place != "json" else str(name): "; ".join(
                map(_said, texts if isinstance(texts, list) else [texts])
            )
            for place, names in found.items()
            for name, texts in (names.items() if isinstance(names, dict) else [(place, names)])
        }
        answer = problem(code, error.name, detail=str(response.get("message") or ""), errors=fields)
        for name, value in dict(headers or {}).items():
            answer.headers[name] = value
        return answer


def _said(text: object) -> str:
    return translate(text) if isinstance(text, Message) else str(text)


def bare_api(app: Flask) -> ProblemApi:
    """The API of an application, before anything is mounted."""
    app.config.update(
        API_TITLE="Truong",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "The services of Truong, the same that its pages use."},
            "components": {
                "securitySchemes": {
                    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                    "bearer": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "The token of `POST /api/v1/session`, for one's own scripts.",
                    },
                }
            },
            "security": [{"session": []}, {"bearer": []}, {"oauth2": []}, {"openid": []}],
        },
    )
    return ProblemApi(app)


def describe_oauth(api: ProblemApi, issuer: str, scopes: Mapping[str, str]) -> None:
    """Name the authorization server in the description.

    Args:
        issuer: the address of the installation.
        scopes: every scope that a program can be given, with what it allows.
    """
    base = issuer.rstrip("/")
    tokens = {"tokenUrl": f"{base}/oauth/token", "scopes": dict(scopes)}
    agreeing = {"authorizationUrl": f"{base}/oauth/authorize", "refreshUrl": f"{base}/oauth/token", **tokens}
    schemes: dict[str, dict[str, Any]] = {
        "oauth2": {
            "type": "oauth2",
            "description": "Programs of other makers. PKCE with S256 is required; tokens live ten minutes.",
            "flows": {"authorizationCode": agreeing, "clientCredentials": tokens},
        },
        "openid": {"type": "openIdConnect", "openIdConnectUrl": f"{base}/.well-known/openid-configuration"},
    }
    for name, scheme in schemes.items():
        api.spec.components.security_scheme(name, scheme)  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
