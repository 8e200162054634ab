"""Everything that the program records in the audit trail has a name in plain words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.kernel.registry import Registry

from . import sources

pytestmark = pytest.mark.xdist_group("sources")  # one process reads all files once
ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"^[a-z_]+(\.[a-z_]+)+$")
WRITERS = {"record", "note"}


def _constants(tree: ast.AST) -> dict[str, str]:
    """`NAME = "text"` at any level, so that codes kept in constants are followed."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {t.id: node.value.value for t in node.targets if isinstance(t, ast.Name)}
    return found


def _calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


def _texts(node: ast.AST) -> Iterator[str]:
    yield from (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


@cache
def _recorded() -> frozenset[str]:
    """Codes of all calls that record; a code made of a prefix and a word is followed to the callers' words."""
    trees = {file: sources.tree(file) for file in sources.files(simulators=False)}
    constants: dict[str, str] = {}
    for tree in trees.values():
        constants |= {k: v for k, v in _constants(tree).items() if CODE.match(v)}
    found: set[str] = set()
    for file in trees:
        for function in (n for n in sources.nodes(file) if isinstance(n, ast.FunctionDef)):
            for call in _calls(function, WRITERS):
                if len(call.args) < 2:
                    continue
                code = call.args[1]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
                elif isinstance(code, ast.Name):
                    found |= {constants[code.id]} if code.id in constants else set(_local(function, code.id))
                elif isinstance(code, ast.JoinedStr):
                    prefix = next(_texts(code))
                    near = [t for f, t in trees.items() if f.parent == file.parent]
                    words = {w for t in near for c in _calls(t, {function.name}) for a in c.args for w in _own(a)}
                    assert words, f"{file.name}: nobody gives a word for {prefix}"
                    found |= {prefix + word for word in words}
    return frozenset(code for code in found if "." in code)


def _own(argument: ast.AST) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def _local(function: ast.FunctionDef, name: str) -> Iterator[str]:
    """`action = "a" if x else "b"` in the same function; a parameter gives nothing, its callers are read instead."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            yield from _texts(node.value)


def test_every_recorded_action_has_plain_words(registry: Registry) -> None:
    recorded = _recorded()
    assert {"finance.round.published", "school.modules_switched_off", "payments.refund.paid_out"} <= recorded
    assert recorded - set(registry.audit_actions()) == set(), "give it words with provide_audit_actions"


def test_no_words_without_an_action(registry: Registry) -> None:
    assert set(registry.audit_actions()) - _recorded() == set(), "named, but recorded nowhere"


def test_every_target_has_words(registry: Registry) -> None:
    kinds: set[str] = set()
    for file in sources.files(simulators=False):
        text = file.read_text()
        if "audit" in text or "_trail import note" in text or "import record" in text:
            kinds |= set(re.findall(r"""(?:target\s*=\s*|note\([^()]*)\("([a-z_]+)", """, text))
    assert {"finance_bill", "account", "learner", "refund"} <= kinds
    assert kinds - set(registry.audit_targets()) == set(), "give it words with provide_audit_targets"
