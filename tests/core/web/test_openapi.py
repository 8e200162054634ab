"""The description of the API is true: it validates, and made-up requests find no error of ours and no other answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.data.session import Database
from core.kernel.registry import Registry
from tests.conftest import SHORT_SOAK, SignIn

from .api_site import Known, furnish

Operation = APIOperation[Any, Any, Any, Any]
UNHURRIED = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DESCRIPTION = "/api/v1/openapi.json"
ODD: tuple[Any, ...] = ("\x00", "", "'", 10**30, -(2**63), 1.5, None, [], {}, "9999-12-31", "0001-01-01")
"""What no program of good will sends in the place of one value. No surrogates: schemathesis cannot check them."""
BODIES = [
    *(("application/json", body) for body in (b"", b"null", b"[]", b'"x"', b"1", b"{", b"\xff", b'{"x": NaN}')),
    ("application/json", b"[" * 200_000),
    ("application/json", b'{"reason": "\\u0000", "name": "\\ud800"}'),
    ("text/plain", b"{}"),
    ("application/x-www-form-urlencoded", b"reason=x"),
    ("multipart/form-data", b"x"),
]


def test_every_operation_says_what_it_answers(app: Flask) -> None:
    """A success that is not described would be documented by its errors alone."""
    silent = []
    for path, method, operation in _operations(app):
        good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
        if not good or any("content" not in answer for status, answer in good.items() if status != "204"):
            silent.append(f"{method} {path}")
    assert silent == []


def test_odd_queries_are_refused_and_not_our_error(app: Flask, school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "office", "accountant", "head", "parent")
    wrong = {}
    for path, method, operation in _operations(app):
        if method != "get" or "{" in path:
            continue
        for odd in ("\x00", "x", "1" * 30, "-1", "ọ" * 300):
            for query in [{"unknown": odd}, *({name: odd} for name in _queries(operation))]:
                answer = client.get(path, query_string=query)
                if answer.status_code not in (200, 422):
                    wrong[f"{path} {query}"] = answer.status_code
    assert wrong == {}


def test_odd_bodies_are_refused_and_not_our_error(app: Flask, school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "office", "accountant", "head")
    headers = {"X-CSRF-Token": client.csrf, "If-Match": "*", "Idempotency-Key": "one"}  # type: ignore[attr-defined]
    wrong = {}
    for path, method, operation in _operations(app):
        if "requestBody" not in operation or path == "/api/v1/session":
            continue
        address = re.sub(r"\{\w+\}", str(school), path)
        for media, body in BODIES:
            answer = client.open(address, method=method.upper(), data=body, headers=headers, content_type=media)
            if not 400 <= answer.status_code < 500 or answer.mimetype != "application/problem+json":
                wrong[f"{path} {media} {body[:20]!r}"] = answer.status_code
    assert wrong == {}


def test_a_zero_byte_is_refused_in_addresses_and_forms_of_pages(app: Flask, school: UUID, sign_in: SignIn) -> None:
    client = sign_in(school, "office", "accountant", "head")
    assert client.get("/finance/receipts?q=%00").status_code == 422
    form = {"csrf_token": client.csrf, "title": "x\x00"}  # type: ignore[attr-defined]
    assert client.post("/finance/rounds/new", data=form).status_code == 422
    assert client.get("/finance/receipts?q=%2500").status_code == 200


@pytest.fixture
def known(app: Flask, db: Database, registry: Registry, other_school: UUID, sign_in: SignIn) -> Known:
    return furnish(app, db, registry, other_school, sign_in)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_many_made_up_requests_find_nothing(app: Flask, known: Known, mode: GenerationMode) -> None:
    each = 10 if SHORT_SOAK else 100
    _explore(app, known, {"everything": each, "parent": each, "nobody": 3}, mode)


def _explore(app: Flask, known: Known, callers: dict[str, int], mode: GenerationMode) -> None:
    description = schemathesis.openapi.from_wsgi(DESCRIPTION, app)
    description.validate()
    operations = sorted(_good(description), key=lambda one: one.method.upper() != "GET")
    wrong: dict[str, str] = {}
    for operation in operations:
        if operation.path == "/api/v1/session":
            continue  # guesses at passwords would lock this machine's network out
        for caller, examples in callers.items():
            try:
                _try(operation, known, caller, examples, mode)
            except (Exception, BaseExceptionGroup) as error:
                wrong[f"{operation.method.upper()} {operation.path} by {caller}"] = _said(error)
    assert wrong == {}, "\n\n".join(f"{name}\n{text}" for name, text in wrong.items())


def _try(
    operation: Operation,
    known: Known,
    caller: str,
    examples: int,
    mode: GenerationMode,
) -> None:
    """Requests of one operation; `derandomize` makes them the same in every run."""
    asked = iter(range(10**9))

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=UNHURRIED,
    )
    @given(case=operation.as_strategy(generation_mode=mode), odd=st.sampled_from(ODD), place=st.integers(0, 30))
    def try_it(case: schemathesis.Case[Any], odd: Any, place: int) -> None:
        turn = next(asked) % 3
        if turn != 1:  # real things
            ids = known.ids if turn == 0 else {**known.ids, "round_id": known.draft}
            case.path_parameters = {name: ids.get(name, value) for name, value in case.path_parameters.items()}
            case.body = known.into(case.body)
            if "If-Match" in case.headers:
                case.headers["If-Match"] = "*"
        if turn == 2 and isinstance(case.body, dict) and case.body and case.media_type == "application/json":
            names = sorted(case.body)
            case.body = {**case.body, names[place % len(names)]: odd}
        case.call_and_validate(headers=known.callers[caller], checks=CHECKS)

    try_it()


def _good(description: BaseSchema) -> Iterator[Operation]:
    for found in description.get_all_operations():
        assert isinstance(found, Ok), f"this operation cannot be read: {found}"
        yield found.ok()


def _operations(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    described = app.test_client().get(DESCRIPTION).json
    assert described is not None
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


def _queries(operation: dict[str, Any]) -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]


def _said(error: BaseException) -> str:
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
    return "\n".join(f"  {type(one).__name__}: {str(one)[:900]}" for one in inner)
