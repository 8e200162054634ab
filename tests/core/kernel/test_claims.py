"""A plugin that reaches outside its own ground is quarantined, and the diagnosis says where."""

from __future__ import annotations

import pytest

from core.kernel.registry import Registry, collect
from core.kernel.states import Loaded, PluginState

from .test_discovery import Make, _load, make

__all__ = ["make"]

HEAD = """
from core.sdk import *
from core.sdk import _, hookimpl
manifest = Manifest(name="bad", version="1", label=_("x"), requires_api=">=0"{more})
class P:
    def __init__(self, name, *hosts): self.name, self.outbound_hosts = name, hosts
class Plugin:
    @hookimpl
    def {body}
"""
NOTHING = "provide_permissions(self): return []"


def _registry(make: Make, body: str = NOTHING, more: str = "") -> tuple[Registry, Loaded]:
    plugins = _load(make("bad", HEAD.replace("{more}", more).replace("{body}", body)), make("good"))
    return collect(plugins.values()), plugins["bad"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("provide_permissions(self): return [Permission('good.see', _('x'))]", "'good.see'"),
        ("provide_roles(self): return [RoleGrant('head', frozenset({'good.see'}))]", "grants"),
        ("provide_settings(self): return [Setting('core.x', _('x'))]", "'core.x'"),
        ("provide_tasks(self): return [Task('payments.inbox', print)]", "'payments.inbox'"),
        ("provide_permissions(self): return ['bad.see']", "list of Permission"),
        ("provide_signing_providers(self): return [object()]", "AttributeError"),
        ("provide_notification_channels(self): return [P('good')]", "not named after the plugin"),
        ("provide_file_stores(self): return [P('bad', 'x.vn')]", "x.vn, which the manifest does not declare"),
        ("provide_events(self): return [EventType('good.x.y', _('x'), {})]", "'good.x.y'"),
        ("provide_scopes(self): return [Scope('own', _('x'), lambda ctx: None)]", "'own'"),
        ("provide_purposes(self): return [Purpose('bad.look', _('x'), frozenset({'health'}))]", "opens health"),
        ("provide_purposes(self): return [Purpose('emergency', _('x'), frozenset())]", "'emergency'"),
    ],
)
def test_foreign_ground_is_refused(make: Make, body: str, words: str) -> None:
    registry, bad = _registry(make, body)
    assert bad.state is PluginState.INVALID_MANIFEST
    assert words in bad.diagnosis
    assert [p.name for p in registry.permissions()] == ["good.see"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (", data_classes=('secrets',)", "'secrets'"),
        (", addresses=('/',)", "'/'"),
        (", addresses=('/api/v1',)", "'/api/v1'"),
    ],
)
def test_a_manifest_that_cannot_be_true_is_refused(make: Make, more: str, words: str) -> None:
    _good, bad = _registry(make, more=more)
    assert bad.state is PluginState.INVALID_MANIFEST
    assert words in bad.diagnosis


def test_tables_carry_the_plugins_name(make: Make) -> None:
    """A package name of its own: a mapper lives on until Python collects it, and would be met in another test."""
    from core.data.base import Base

    source = HEAD.replace("{more}", "").replace("{body}", NOTHING).replace('"bad"', '"greedy"')
    try:
        greedy = make("greedy", source + "\nclass Meal(Identified, Base):\n    __tablename__ = 'core_meal'\n")
        assert "core_meal" in _load(greedy)["greedy"].diagnosis
    finally:
        Base.metadata.remove(Base.metadata.tables["core_meal"])


def test_what_needs_a_plugin_that_fell_out_falls_out_too(make: Make) -> None:
    plugins = _load(make("base"), make("child", requires=("base",)), make("grandchild", requires=("child",)))
    registry = collect(plugins.values())
    assert registry.school_modules() == {"base", "child", "grandchild"}
    registry.quarantine("base", PluginState.ROUTE_FAILED, "no such page")
    assert registry.school_modules() == frozenset()
    assert plugins["grandchild"].state is PluginState.MISSING_DEPENDENCY
    assert registry.permissions() == ()


def test_every_hook_of_every_plugin_is_traced(registry: Registry) -> None:
    asked = {(a.module, a.hook): a for a in registry.asked}
    assert asked["finance", "provide_permissions"].items > 5
    assert asked["vnpay", "provide_payment_providers"].items == 1
    assert all(a.seconds >= 0 for a in registry.asked)
