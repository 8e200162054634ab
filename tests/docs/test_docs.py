"""The documentation says what is true: reference, links, names of files and targets."""

from __future__ import annotations

import re
from pathlib import Path

from core.cli import main
from core.cli.reference import page
from core.kernel.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_reference_is_what_the_program_says(registry: Registry) -> None:
    assert (ROOT / "docs" / "reference.md").read_text() == page(registry, main), "run `truong reference`"


def test_links_lead_somewhere() -> None:
    dead = []
    for file in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in LINK.findall(file.read_text()):
            if "://" not in target and not (file.parent / target).exists():
                dead.append((str(file.relative_to(ROOT)), target))
    assert dead == []


def test_targets_named_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`?make ([a-z0-9-]+)`?", (ROOT / "README.md").read_text()))
    assert named <= targets


def test_every_plugin_and_integration_has_a_readme() -> None:
    missing = [
        str(folder.relative_to(ROOT))
        for room in ("plugins", "integrations")
        for folder in (ROOT / room).iterdir()
        if (folder / "__init__.py").exists() and not (folder / "README.md").exists()
    ]
    assert missing == []


def test_public_functions_of_the_sdk_are_documented() -> None:
    import importlib
    import inspect

    silent = []
    for file in (ROOT / "core" / "sdk").rglob("*.py"):
        if "testing" in file.parts:
            continue
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        loaded = importlib.import_module(module)
        for name in getattr(loaded, "__all__", ()):
            found = getattr(loaded, name)
            if (inspect.isfunction(found) or inspect.isclass(found)) and not inspect.getdoc(found):
                silent.append(f"{module}.{name}")
    assert silent == []
