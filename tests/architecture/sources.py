"""The program's own texts, read and taken apart once for all tests that look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core.types.staying import staying

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "plugins", "integrations")


@cache
def files(*, simulators: bool = True) -> tuple[Path, ...]:
    """Every Python file of the product, in order."""
    found = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    return tuple(file for file in found if simulators or "simulator" not in file.parts)


@cache
def tree(file: Path) -> ast.Module:
    with staying():
        return ast.parse(file.read_text())


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, as `ast.walk` gives them."""
    return tuple(ast.walk(tree(file)))


def calls(file: Path) -> Iterator[ast.Call]:
    return (node for node in nodes(file) if isinstance(node, ast.Call))
