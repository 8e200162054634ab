"""The shape of the house, kept by tests: file lengths, tables, permissions of views, borders between plugins."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.data.base import Base
from core.kernel.registry import Registry
from core.types.contributions import Manifest

from . import sources

pytestmark = pytest.mark.xdist_group("sources")  # one process reads all files once
ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "plugins", "integrations")
MOST_LINES = 320


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "versions" not in file.parts:
                yield file


def _plugin_of(table: str, names: set[str]) -> str:
    return next((n for n in sorted(names, key=len, reverse=True) if table.startswith(f"{n}_")), "")


def test_no_file_is_long() -> None:
    long = {str(f.relative_to(ROOT)): n for f in _sources() if (n := len(f.read_text().splitlines())) > MOST_LINES}
    assert not long, "a file that grows this long becomes a folder"


def test_tables_carry_the_prefix_of_their_owner(registry: Registry) -> None:
    names = {"core", *(p.name for p in registry.plugins)}
    assert [t for t in Base.metadata.tables if not _plugin_of(t, names)] == []


def test_every_module_has_its_models_under_its_own_prefix(registry: Registry) -> None:
    names = {"core", *(p.name for p in registry.plugins)}
    wrong = []
    for mapper in Base.registry.mappers:
        module = mapper.class_.__module__.split(".")
        owner = "core" if module[0] == "core" else module[1]
        if _plugin_of(str(mapper.local_table), names) != owner:
            wrong.append((mapper.class_.__name__, str(mapper.local_table)))
    assert wrong == []


def test_plugins_name_no_table_of_another_plugin(registry: Registry) -> None:
    """Foreign keys and SQL go only to the core and to anchors of required plugins."""
    names = {p.name: p.manifest for p in registry.plugins if p.manifest}
    wrong = []
    for name, manifest in names.items():
        others = tuple(f"{other}_" for other in set(names) - {name, *manifest.requires})
        theirs = {table for table in Base.metadata.tables if table.startswith(others)}
        folder = ROOT / ("plugins" if (ROOT / "plugins" / name).is_dir() else "integrations") / name
        for file in folder.rglob("*.py"):
            if named := theirs.intersection(re.findall(r"\w+", file.read_text())):
                wrong.append((str(file.relative_to(ROOT)), sorted(named)))
    assert wrong == []


def test_a_plugin_imports_only_public_modules_of_plugins_it_requires(registry: Registry) -> None:
    wrong = []
    for plugin in registry.plugins:
        manifest = plugin.manifest
        assert isinstance(manifest, Manifest), plugin.diagnosis
        if not plugin.module.startswith("plugins."):
            continue
        for file in (ROOT / "plugins" / plugin.name).rglob("*.py"):
            for module in _imports(file):
                parts = module.split(".")
                if parts[0] != "plugins" or len(parts) < 2 or parts[1] == plugin.name:
                    continue
                if parts[1] not in manifest.requires or parts[2:3] != ["public"]:
                    wrong.append((str(file.relative_to(ROOT)), module))
    assert wrong == []


def _imports(file: Path) -> Iterator[str]:
    for node in sources.nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_permission_that_is_asked_for_is_declared(registry: Registry) -> None:
    declared = {p.name for p in registry.permissions()}
    granted = set().union(*registry.role_permissions().values())
    assert granted <= declared, "granted to a role but declared nowhere"
    asked = set()
    for file in _sources():
        asked |= set(re.findall(r"""(?:@page|@api|\.require)\(\s*"([a-z_.]+)"\s*\)""", file.read_text()))
    assert asked <= declared, "asked for but declared nowhere"


@pytest.mark.parametrize("room", ROOMS)
def test_no_print_no_sleep_no_swallowed_error(room: str) -> None:
    found = []
    for file in (ROOT / room).rglob("*.py"):
        if "simulator" in file.parts:
            continue
        for node in sources.nodes(file):
            if isinstance(node, ast.ExceptHandler) and all(isinstance(s, ast.Pass) for s in node.body):
                broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id.endswith("Exception"))
                if broad:
                    found.append((str(file.relative_to(ROOT)), node.lineno, "swallows every error"))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                found.append((str(file.relative_to(ROOT)), node.lineno, "prints"))
    assert found == []
