"""Every text that a person can read exists in Vietnamese, with the same parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.data.i18n import Catalogs

from . import sources

pytestmark = pytest.mark.xdist_group("sources")  # one process reads all files once
ROOT = Path(__file__).resolve().parents[2]
PARAMETER = re.compile(r"%\((\w+)\)[sd]")


def _rooms() -> Iterator[Path]:
    yield ROOT / "core"
    for room in ("plugins", "integrations"):
        yield from (p for p in sorted((ROOT / room).iterdir()) if (p / "__init__.py").exists())


def _python_texts(file: Path) -> Iterator[str]:
    for node in sources.nodes(file):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


_CALL = re.compile(r"""(?<![\w.])_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def _template_texts(file: Path) -> Iterator[str]:
    for found in _CALL.finditer(file.read_text()):
        yield str(ast.literal_eval(found[1]))


def _catalogs(room: Path) -> Catalogs:
    catalogs = Catalogs([ROOT / "core" / "locale"])
    for folder in room.rglob("locale"):
        catalogs.add(folder)
    return catalogs


def test_every_text_is_translated() -> None:
    missing = []
    for room in _rooms():
        catalogs = _catalogs(room)
        for file in [*room.rglob("*.py"), *room.rglob("*.html")]:
            if "simulator" in file.parts or "versions" in file.parts or file.name == "gallery.html":
                continue
            texts = _python_texts(file) if file.suffix == ".py" else _template_texts(file)
            missing += [f"{file.relative_to(ROOT)}: {t!r}" for t in texts if t and not catalogs.knows(t, "vi")]
    assert not missing, "\n".join(["not translated:", *sorted(set(missing))])


def test_translations_keep_the_parameters() -> None:
    wrong = []
    for file in ROOT.rglob("locale/vi.po"):
        if ".venv" in file.parts:
            continue
        with file.open("rb") as stream:
            for message in read_po(stream, locale="vi"):
                if isinstance(message.id, str) and message.string:
                    given, said = set(PARAMETER.findall(message.id)), set(PARAMETER.findall(str(message.string)))
                    if not said <= given:
                        wrong.append(f"{file.relative_to(ROOT)}: {message.id!r}")
    assert wrong == []
