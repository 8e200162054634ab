"""The public face as vendors see it: names, signatures and fields are kept in `tests/fixtures/sdk.txt`.

A change of this file is a change of the API: a name that goes or changes its meaning needs a new major version (a minor
one below 1.0), a new name a minor one. Write the file anew with `python -m tests.architecture.test_sdk_snapshot`.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

from core.hookspecs import SPECS
from core.sdk import VERSION

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "fixtures" / "sdk.txt"


def test_the_public_face_is_what_was_promised() -> None:
    assert KEPT.read_text() == "\n".join(_face()) + "\n", "see the docstring of this file"


def _face() -> Iterator[str]:
    yield f"version {VERSION}"
    for module in _modules():
        for name in sorted(getattr(module, "__all__", ())):
            yield from _describe(f"{module.__name__}.{name}", getattr(module, name))
    for spec in SPECS:
        for name, function in sorted(inspect.getmembers(spec, inspect.isfunction)):
            yield f"hook {name}{inspect.signature(function)}"


def _modules() -> Iterator[ModuleType]:
    folder = ROOT / "core" / "sdk"
    for file in sorted(folder.rglob("*.py")):
        yield importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))


def _describe(name: str, thing: object) -> Iterator[str]:
    if inspect.isclass(thing):
        yield f"class {name}"
        if is_dataclass(thing):
            yield from (f"  {field.name}: {field.type}" for field in fields(thing))
        for method, function in sorted(vars(thing).items()):
            if inspect.isfunction(function) and not method.startswith("_"):
                yield f"  {method}{_signature(function)}"
    elif inspect.isfunction(thing):
        yield f"def {name}{_signature(thing)}"
    elif inspect.ismodule(thing):
        public = getattr(thing, "__all__", None) or [n for n, o in vars(thing).items() if _is_own(thing, n, o)]
        for inner in sorted(public):
            yield from _describe(f"{name}.{inner}", getattr(thing, inner))
    else:
        yield f"name {name}"


def _is_own(module: ModuleType, name: str, thing: object) -> bool:
    return not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__


def _signature(function: object) -> str:
    """Parameters without defaults that are objects with an address."""
    assert callable(function)
    return str(inspect.signature(function)).split(" at 0x")[0]


if __name__ == "__main__":
    KEPT.write_text("\n".join(_face()) + "\n")
