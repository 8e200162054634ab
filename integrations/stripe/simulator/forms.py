"""Stripe's requests: forms whose names carry the structure, as in `line_items[0][price_data][currency]=vnd`."""

from __future__ import annotations

import re
from collections.abc import Iterable

Tree = dict[str, "str | Tree"]
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    """The structure of a form; lists are trees with numbers for names.

    Raises:
        ValueError: for a name that is none.
    """
    root: Tree = {}
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError(name)
        at, path = root, [found[1], *_PART.findall(found[2])]
        for part in path[:-1]:
            below = at.setdefault(part, {})
            if isinstance(below, str):
                raise ValueError(name)
            at = below
        at[path[-1]] = value
    return root


def branch(form: Tree, *path: str) -> Tree:
    """A part of the structure; empty where there is none."""
    for name in path:
        below = form.get(name, {})
        form = below if isinstance(below, dict) else {}
    return form


def leaf(form: Tree, *path: str) -> str:
    """A value; empty where there is none."""
    value = branch(form, *path[:-1]).get(path[-1], "")
    return value if isinstance(value, str) else ""


def texts(form: Tree) -> dict[str, str]:
    """The values of one level."""
    return {name: value for name, value in form.items() if isinstance(value, str)}
