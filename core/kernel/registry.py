"""Asking each plugin once, checking its answers, and keeping them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

import pluggy

from core.hookspecs import SPECS
from core.hookspecs.markers import PROJECT

from .claims import answer_faults
from .containment import Containment
from .facade import Answer, Facade, Modules, Owned
from .kinds import CALLED, KINDS
from .states import Loaded, PluginState

__all__ = ["Asked", "Owned", "Registry", "collect"]
log = logging.getLogger(__name__)
_MOST_KEPT = 8_192


@dataclass(frozen=True, slots=True)
class Asked:
    """One hook of one plugin at start: how many items it gave and how many seconds that took."""

    module: str
    hook: str
    items: int
    seconds: float


@dataclass(slots=True)
class _Kept:
    answers: dict[object, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Registry(Facade):
    """Everything contributed, in the order of plugins; filtered at read time, so switching needs no restart."""

    plugins: tuple[Loaded, ...]
    contributed: Mapping[str, tuple[Owned[Any], ...]] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    containment: Containment = field(default_factory=Containment)
    _kept: _Kept = field(default_factory=_Kept, repr=False)

    def owned(self, hook: str, modules: Modules = None) -> tuple[Owned[Any], ...]:
        def choose() -> tuple[Owned[Any], ...]:
            usable = {"core"} | {p.name for p in self.plugins if p.usable}
            on = usable if modules is None else usable & (modules | {"core"})
            return tuple(owned for owned in self.contributed.get(hook, ()) if owned.module in on)

        return self.memo((hook, modules, "owned"), choose)

    def memo(self, key: object, compute: Callable[[], Answer]) -> Answer:
        answers = self._kept.answers
        found = answers.get(key)
        if found is None:
            if len(answers) >= _MOST_KEPT:  # sets of modules are few; this only bounds a surprise
                answers.clear()
            found = answers[key] = compute()
        return cast(Answer, found)

    def plugin(self, name: str) -> Loaded | None:
        """A plugin by its name, in whatever state."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)

    def quarantine(self, name: str, state: PluginState, diagnosis: str) -> None:
        """Take a plugin out of service, and with it those that need it."""
        for plugin in self.plugins:
            if plugin.name == name:
                plugin.quarantine(state, diagnosis)
        _spread(self.plugins)
        self._kept.answers = {}  # whoever is computing now writes into the old one

    def school_modules(self) -> frozenset[str]:
        """Names of usable plugins that a school can switch on or off."""
        return self.memo("school", lambda: self._scope("school"))

    def always_on(self) -> frozenset[str]:
        return self.memo("instance", lambda: self._scope("instance"))

    def _scope(self, scope: str) -> frozenset[str]:
        return frozenset(p.name for p in self.plugins if p.usable and p.manifest and p.manifest.scope == scope)


def collect(plugins: Iterable[Loaded], core_plugins: Iterable[object] = ()) -> Registry:
    """Register every usable plugin and ask each hook of each plugin by itself, so that one failure takes one out."""
    manager = pluggy.PluginManager(PROJECT)
    for spec in SPECS:
        manager.add_hookspecs(spec)
    contributed: dict[str, list[Owned[Any]]] = {hook: [] for hook in (*KINDS, *CALLED)}
    asked: list[Asked] = []

    def keep(module: str, answers: Mapping[str, list[Any]]) -> None:
        for hook, items in answers.items():
            contributed[hook] += [Owned(module, item) for item in items]

    for core_plugin in core_plugins:
        manager.register(core_plugin)
        keep("core", _ask("core", core_plugin, asked))
    loaded = tuple(plugins)
    for plugin in loaded:
        if plugin.plugin is None or plugin.manifest is None:
            continue
        try:
            manager.register(plugin.plugin, plugin.name)
            manager.check_pending()
            answers = _ask(plugin.name, plugin.plugin, asked)
            faults = list(answer_faults(plugin.manifest, answers))
        except Exception as error:
            log.exception("plugin %s failed while contributing", plugin.name)
            if manager.has_plugin(plugin.name):
                manager.unregister(name=plugin.name)
            plugin.quarantine(PluginState.INVALID_MANIFEST, f"{type(error).__name__}: {error}")
            continue
        if faults:
            plugin.quarantine(PluginState.INVALID_MANIFEST, "; ".join(faults))
            continue
        keep(plugin.name, answers)
    _spread(loaded)
    frozen = MappingProxyType({hook: tuple(items) for hook, items in contributed.items()})
    return Registry(loaded, frozen, tuple(asked))


def _ask(module: str, plugin: object, asked: list[Asked]) -> dict[str, list[Any]]:
    answers: dict[str, list[Any]] = {}
    for hook, kind in KINDS.items():
        method: Callable[[], list[Any]] | None = getattr(plugin, hook, None)
        if method is None:
            continue
        began = time.perf_counter()
        items = method()
        if not isinstance(items, list):
            raise TypeError(f"{hook} must return a list, got {type(items).__name__}")
        if kind is not None and not all(isinstance(item, kind) for item in items):
            raise TypeError(f"{hook} must return a list of {kind.__name__}")
        answers[hook] = items
        asked.append(Asked(module, hook, len(items), time.perf_counter() - began))
    return answers | {hook: [method] for hook in CALLED if callable(method := getattr(plugin, hook, None))}


def _spread(plugins: Iterable[Loaded]) -> None:
    """Quarantine what needs a plugin that is out. Plugins come in the order of their needs."""
    out = {plugin.name for plugin in plugins if not plugin.usable}
    for plugin in plugins:
        missing = [name for name in plugin.manifest.requires if name in out] if plugin.manifest else []
        if plugin.usable and missing:
            plugin.quarantine(PluginState.MISSING_DEPENDENCY, f"needs {', '.join(missing)}, which is not usable")
            out.add(plugin.name)
