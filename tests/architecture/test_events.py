"""Every event that is emitted is declared with its payload, and every declared one is emitted somewhere."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from core.kernel.registry import Registry

from . import sources

pytestmark = pytest.mark.xdist_group("sources")  # one process reads all files once
ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"^[a-z_]+(\.[a-z_]+){1,3}$")


@cache
def _emitted() -> tuple[set[str], set[str]]:
    """Names that calls of `emit` (and of `note(..., event=True)`) give, and beginnings of names made of a value."""
    read = [sources.nodes(file) for file in sources.files(simulators=False)]
    constants: dict[str, str] = {}
    for nodes in read:
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                text = node.value.value
                if isinstance(text, str) and NAME.match(text):
                    constants |= {t.id: text for t in node.targets if isinstance(t, ast.Name)}
    names: set[str] = set()
    beginnings: set[str] = set()
    for nodes in read:
        for call in (node for node in nodes if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            tells = called == "emit" or (called == "note" and any(k.arg == "event" for k in call.keywords))
            if not tells or len(call.args) < 2:
                continue
            name = call.args[1]
            if isinstance(name, ast.Constant):
                names.add(str(name.value))
            elif isinstance(name, ast.Name) and name.id in constants:
                names.add(constants[name.id])
            elif isinstance(name, ast.JoinedStr) and isinstance(name.values[0], ast.Constant):
                beginnings.add(str(name.values[0].value))
    return names, beginnings


def test_every_event_is_declared(registry: Registry) -> None:
    names, beginnings = _emitted()
    declared = set(registry.event_types())
    assert {"learners.learner.changed", "finance.round.published", "payments.collected"} <= names
    assert names - declared == set(), "declare it with provide_events"
    assert all(any(name.startswith(b) for name in declared) for b in beginnings)
    assert set(registry.events()) <= declared, "somebody waits for an event that nobody emits"


def test_no_event_is_declared_in_vain(registry: Registry) -> None:
    names, beginnings = _emitted()
    vain = {n for n in registry.event_types() if n not in names and not n.startswith(tuple(beginnings))}
    assert vain == set()


def test_the_schema_of_a_payload(registry: Registry) -> None:
    event = registry.event_types()["finance.round.published"]
    assert event.schema()["required"] == ["bills", "round_id", "total"]
    assert event.declared({"round_id": "x", "bills": 1, "total": 2, "reason": "private"}) == {
        "round_id": "x", "bills": 1, "total": 2,
    }  # fmt: skip
