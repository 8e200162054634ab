"""A broken plugin is quarantined with a diagnosis; everything else goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from core.kernel import discovery
from core.kernel.registry import collect
from core.kernel.states import Loaded, PluginState

GOOD = """
    from core.sdk import Manifest, Permission, _, hookimpl
    manifest = Manifest(name={name!r}, version="1.0", label=_("Trial"), requires_api=">=0.1,<1", requires={requires!r})
    class Plugin:
        @hookimpl
        def provide_permissions(self):
            return [Permission("{name}.see", _("See"))]
"""
Make = Callable[..., Loaded]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Writes an importable package and gives it as found."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def write(name: str, source: str = GOOD, requires: tuple[str, ...] = ()) -> Loaded:
        package = tmp_path / f"trial_{name}"
        package.mkdir()
        text = dedent(source)
        (package / "__init__.py").write_text(text.format(name=name, requires=requires) if source is GOOD else text)
        made.append(package.name)
        return Loaded(name, package.name, builtin=False)

    yield write
    for name in made:
        sys.modules.pop(name, None)


def _load(*plugins: Loaded, blocked: frozenset[str] = frozenset()) -> dict[str, Loaded]:
    return {p.name: p for p in discovery.load(plugins, api_version="0.1.0", blocked=blocked)}


def test_a_good_plugin_is_ok(make: Make) -> None:
    plugins = _load(make("good"))
    assert plugins["good"].state is PluginState.OK
    registry = collect(plugins.values())
    assert [p.name for p in registry.permissions()] == ["good.see"]


@pytest.mark.parametrize(
    ("source", "state", "words"),
    [
        ("raise RuntimeError('no licence file')", PluginState.IMPORT_FAILED, "no licence file"),
        ("import not_there_at_all", PluginState.IMPORT_FAILED, "not_there_at_all"),
        ("def broken(:", PluginState.IMPORT_FAILED, "SyntaxError"),
        ("manifest = {'name': 'bad'}\nclass Plugin: pass", PluginState.INVALID_MANIFEST, "Manifest"),
        (
            "from core.sdk import Manifest, _\nmanifest = Manifest('other', '1', _('x'), '>=0')\nclass Plugin: pass",
            PluginState.INVALID_MANIFEST,
            "'other'",
        ),
        (
            "from core.sdk import Manifest, _\nmanifest = Manifest('bad', '1', _('x'), '>=9')\nclass Plugin: pass",
            PluginState.INCOMPATIBLE_API,
            ">=9",
        ),
        (
            "from core.sdk import Manifest, _\nmanifest = Manifest('bad', '1', _('x'), 'latest')\nclass Plugin: pass",
            PluginState.INVALID_MANIFEST,
            "PEP 440",
        ),
    ],
)
def test_each_kind_of_failure_is_told_apart(make: Make, source: str, state: PluginState, words: str) -> None:
    plugins = _load(make("bad", source), make("good"))
    assert plugins["bad"].state is state
    assert words in plugins["bad"].diagnosis
    assert plugins["good"].usable


def test_dependencies_come_first_and_their_failure_spreads(make: Make) -> None:
    plugins = discovery.load(
        [make("child", requires=("parent",)), make("parent"), make("orphan", requires=("nobody",))],
        api_version="0.1.0",
    )
    assert [p.name for p in plugins if p.usable] == ["parent", "child"]
    assert next(p for p in plugins if p.name == "orphan").state is PluginState.MISSING_DEPENDENCY


def test_a_circle_is_found(make: Make) -> None:
    plugins = _load(make("one", requires=("two",)), make("two", requires=("one",)))
    assert {p.state for p in plugins.values()} == {PluginState.MISSING_DEPENDENCY}


def test_the_operator_can_block_a_plugin(make: Make) -> None:
    plugins = _load(make("good"), blocked=frozenset({"good"}))
    assert plugins["good"].state is PluginState.BLOCKED


@pytest.mark.parametrize("answer", ["None", "[1]", "1 / 0"])
def test_a_hook_that_answers_nonsense_takes_out_its_own_plugin_only(make: Make, answer: str) -> None:
    source = f"""
    from core.sdk import Manifest, _, hookimpl
    manifest = Manifest(name="liar", version="1", label=_("x"), requires_api=">=0")
    class Plugin:
        @hookimpl
        def provide_permissions(self):
            return {answer}
    """
    plugins = _load(make("liar", source), make("good"))
    registry = collect(plugins.values())
    assert plugins["liar"].state is PluginState.INVALID_MANIFEST
    assert [p.name for p in registry.permissions()] == ["good.see"]


def test_an_unknown_hook_is_refused(make: Make) -> None:
    source = """
    from core.sdk import Manifest, _, hookimpl
    manifest = Manifest(name="typo", version="1", label=_("x"), requires_api=">=0")
    class Plugin:
        @hookimpl
        def provide_permision(self):
            return []
    """
    plugins = _load(make("typo", source))
    collect(plugins.values())
    assert "provide_permision" in plugins["typo"].diagnosis


def test_modules_that_are_off_contribute_nothing(make: Make) -> None:
    registry = collect(_load(make("good")).values())
    assert registry.permissions(frozenset()) == ()
    assert len(registry.permissions(frozenset({"good"}))) == 1


def test_two_packages_cannot_have_one_name() -> None:
    names = [p.name for p in discovery.find()]
    assert len(names) == len(set(names))
