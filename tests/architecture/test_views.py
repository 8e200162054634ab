"""Every address says who may use it, and a stranger gets nothing out of it."""

from __future__ import annotations

from flask import Flask

EXEMPT = {"api-docs.openapi_json", "api-docs.openapi_swagger_ui"}


def test_every_view_declares_its_permission_or_why_it_is_public(app: Flask) -> None:
    open_views = []
    for endpoint, view in app.view_functions.items():
        if endpoint in EXEMPT or endpoint.startswith("static"):
            continue
        found = view
        while not hasattr(found, "truong_permission") and not hasattr(found, "truong_public"):
            wrapped = getattr(found, "__wrapped__", None)
            if wrapped is None:
                break
            found = wrapped
        methods = getattr(view, "view_class", None)
        if methods is not None:
            for verb in methods.methods or ():
                function = getattr(methods, verb.lower(), None)
                if function is not None and not hasattr(function, "truong_permission"):
                    open_views.append(f"{endpoint}.{verb}")
        elif not hasattr(found, "truong_permission") and not hasattr(found, "truong_public"):
            open_views.append(endpoint)
    assert open_views == []


def test_a_stranger_is_sent_to_sign_in_or_refused(app: Flask) -> None:
    client = app.test_client()
    zero = "00000000-0000-7000-8000-000000000000"
    leaks = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "truong_public") or rule.endpoint in EXEMPT or "GET" not in (rule.methods or ()):
            continue
        values = {name: (zero if "UUID" in type(c).__name__ else "x") for name, c in rule._converters.items()}
        with app.test_request_context():
            url = app.url_map.bind("localhost").build(rule.endpoint, values)
        status = client.get(url).status_code
        if status not in (302, 303, 401, 404):
            leaks.append((url, status))
    assert leaks == []
