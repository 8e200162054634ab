"""Pages: opened as somebody with every role of a school would, read as a screen reader would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from core.cli.quality.facts import Facts

from . import barriers
from .loading import Served

_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+")
_MOST = 40
_OFTEN = 5
"""How often the same query may be sent for one page; more is a query for each row."""


def visit(program: Served, facts: Facts) -> None:
    """Every page of the package without arguments, and those that its links lead to, one of each shape."""
    client = program.app.test_client()
    client.set_cookie("truong_session", program.token)
    prefixes, waiting = _addresses(program)
    seen: set[str] = set()
    while waiting and len(seen) < _MOST:
        address = waiting.pop(0)
        shape = _ID.sub("*", address.partition("?")[0])
        if shape in seen:
            continue
        seen.add(shape)
        body = _open(program, client, address, facts)
        found = (unescape(link) for link in _LINK.findall(body))
        waiting += [link for link in found if link.startswith(prefixes)]
    facts.pages = sorted(seen)


def _addresses(program: Served) -> tuple[tuple[str, ...], list[str]]:
    """Where the package's addresses begin, and those of its pages that need no argument."""
    mine = {owned.item.name for hook in ("provide_pages", "provide_api") for owned in program.registry.owned(hook)
            if owned.module == program.subject.name}  # fmt: skip
    rules = [rule for rule in program.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in mine]
    plain = sorted(rule.rule for rule in rules if not rule.arguments and "GET" in (rule.methods or ()))
    beginnings = {"/" + rule.rule.strip("/").partition("/")[0] for rule in rules if not rule.rule.startswith("/api")}
    return tuple(f"{beginning}" for beginning in sorted(beginnings)) or ("/\0",), plain


def _open(program: Served, client: FlaskClient, address: str, facts: Facts) -> str:
    with _counting(program.db.engine) as sent:
        answer = client.get(address)
    if answer.status_code >= 500:
        facts.page_faults.append(f"{address} answers {answer.status_code}")
    often = [(query, count) for query, count in sent.items() if count > _OFTEN]
    facts.repeated += [f"{address} sends {count} times: {' '.join(query.split())[:90]}" for query, count in often]
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return ""
    body = answer.get_data(as_text=True)
    facts.barriers += [f"{address}: {fault}" for fault in barriers.faults(body)]
    return body


@contextmanager
def _counting(engine: Engine) -> Iterator[Counter[str]]:
    sent: Counter[str] = Counter()

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent[statement] += 1

    listener: Callable[..., None] = count
    event.listen(engine, "before_cursor_execute", listener)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", listener)
