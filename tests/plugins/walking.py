"""Walking over every page and endpoint of a module as people who have no business there: none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

SHUT = frozenset({401, 403, 404})


@dataclass(frozen=True)
class Step:
    """One view with one method, at an address about somebody else's things."""

    endpoint: str
    method: str
    path: str
    body: Mapping[str, object] | None = None
    """Sent as JSON; without it an empty form."""


def steps(
    app: Flask, prefixes: tuple[str, ...], values: Mapping[str, object], bodies: Mapping[str, Mapping[str, object]]
) -> Iterator[Step]:
    """Every view of the module. An argument that `values` does not name fails: say what it is about.

    Args:
        prefixes: names of the blueprints with their dot, such as `attendance.`.
        values: what the arguments of addresses are, by name.
        bodies: what views want as JSON before they ask who sends it.
    """
    bound = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(prefixes):
            path = bound.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method=_method(rule))
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Step(rule.endpoint, method, path, bodies.get(rule.endpoint) if method != "GET" else None)


def _method(rule: Rule) -> str:
    return sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})[0]


def status(client: FlaskClient, step: Step) -> tuple[int, str]:
    """What somebody is answered, with a good form token."""
    token = getattr(client, "csrf", "")
    if step.body is not None:
        headers = {"X-CSRF-Token": token, "If-Match": '"1"'}
        answer = client.open(step.path, method=step.method, json=step.body, headers=headers)
    else:
        sent = {"csrf_token": token} if step.method != "GET" else None
        answer = client.open(step.path, method=step.method, data=sent)
    return answer.status_code, answer.text


def open_doors(client: FlaskClient, found: list[Step], own: Mapping[str, str], secrets: tuple[str, ...]) -> list[str]:
    """Views that let somebody in who should stay out.

    Args:
        own: views that everybody with the role may open, and why; they must not show any of the `secrets`.
    """
    wrong: list[str] = []
    for step in found:
        code, shown = status(client, step)
        if any(secret in shown for secret in secrets):
            wrong.append(f"{step.method} {step.endpoint}: shows what is not theirs")
        elif code not in SHUT and not (step.endpoint in own and code < 500):
            wrong.append(f"{step.method} {step.endpoint}: {code}")
    return wrong
