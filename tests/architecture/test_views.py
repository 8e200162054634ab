"""Every address says who may use it, and a stranger gets nothing out of it."""

from __future__ import annotations

from flask import Flask

from core.web.mount import undeclared

EXEMPT = {"api-docs.openapi_json", "api-docs.openapi_swagger_ui"}


def test_every_view_declares_its_permission_or_why_it_is_public(app: Flask) -> None:
    assert [endpoint for endpoint in undeclared(app.view_functions) if endpoint not in EXEMPT] == []


def test_a_stranger_is_sent_to_sign_in_or_refused(app: Flask) -> None:
    client = app.test_client()
    zero = "00000000-0000-7000-8000-000000000000"
    leaks = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "truong_public") or rule.endpoint in EXEMPT or "GET" not in (rule.methods or ()):
            continue
        samples = {"UUIDConverter": zero, "IntegerConverter": 1}
        values = {name: samples.get(type(c).__name__, "x") for name, c in rule._converters.items()}
        with app.test_request_context():
            url = app.url_map.bind("localhost").build(rule.endpoint, values)
        status = client.get(url).status_code
        if status not in (302, 303, 401, 404):
            leaks.append((url, status))
    assert leaks == []
