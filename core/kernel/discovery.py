"""Finding plugins: the built-in list and the entry points of installed packages.

pluggy's own `load_setuptools_entrypoints` is not used: the first package that fails to import would stop all others.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Collection, Iterable
from importlib.metadata import entry_points

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from core.types.contributions import Manifest

from .claims import manifest_faults
from .states import Loaded, PluginState

log = logging.getLogger(__name__)

GROUP = "truong.plugins"
BUILTIN = (
    "plugins.learners",
    "plugins.curriculum",
    "plugins.timetable",
    "plugins.attendance",
    "plugins.assessment",
    "plugins.transcripts",
    "plugins.finance",
    "plugins.oneroster",
    "plugins.sector",
    "integrations.vietqr",
    "integrations.vnpay",
    "integrations.momo",
    "integrations.zalopay",
    "integrations.stripe",
    "integrations.portal_payment",
    "integrations.bank_notices",
    "integrations.einvoice",
    "integrations.signing_pkcs12",
    "integrations.signing_csc",
    "integrations.signing_pkcs11",
    "integrations.signing_smartca",
    "integrations.signing_agent",
    "integrations.oidc",
)
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")


def find() -> list[Loaded]:
    """Every plugin that is there, unloaded: built-ins first, then installed packages in the order of their names."""
    found = [Loaded(module.rpartition(".")[2], module, builtin=True) for module in BUILTIN]
    names = {plugin.name for plugin in found}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        plugin = Loaded(entry.name, entry.value, builtin=False)
        if entry.name in names:
            plugin.quarantine(PluginState.INVALID_MANIFEST, f"the name {entry.name!r} is taken")
        names.add(entry.name)
        found.append(plugin)
    return found


def load(plugins: Iterable[Loaded], *, api_version: str, blocked: Collection[str] = ()) -> list[Loaded]:
    """Import and check each plugin by itself; what fails is quarantined with a diagnosis, never raised."""
    result = list(plugins)
    for plugin in result:
        if plugin.state is not PluginState.OK:
            continue
        if plugin.name in blocked:
            plugin.quarantine(PluginState.BLOCKED, "on the operator's block list")
            continue
        _import(plugin)
        if plugin.usable:
            _check(plugin, api_version)
    return _in_order(result)


def _import(plugin: Loaded) -> None:
    try:
        module = importlib.import_module(plugin.module.partition(":")[0])
        plugin.manifest = module.manifest
        plugin.plugin = module.Plugin()
    except Exception as error:
        log.exception("plugin %s failed to import", plugin.name)
        plugin.quarantine(PluginState.IMPORT_FAILED, f"{type(error).__name__}: {error}")


def _check(plugin: Loaded, api_version: str) -> None:
    manifest = plugin.manifest
    if not isinstance(manifest, Manifest):
        plugin.quarantine(PluginState.INVALID_MANIFEST, "`manifest` is no core.sdk.Manifest")
        return
    if manifest.name != plugin.name or not _NAME.fullmatch(manifest.name):
        plugin.quarantine(
            PluginState.INVALID_MANIFEST, f"the manifest says {manifest.name!r}, found as {plugin.name!r}"
        )
        return
    if faults := list(manifest_faults(manifest, plugin.module)):
        plugin.quarantine(PluginState.INVALID_MANIFEST, "; ".join(faults))
        return
    try:
        fits = SpecifierSet(manifest.requires_api).contains(api_version, prereleases=True)
    except InvalidSpecifier:
        plugin.quarantine(PluginState.INVALID_MANIFEST, f"requires_api {manifest.requires_api!r} is no PEP 440 range")
        return
    if not fits:
        plugin.quarantine(PluginState.INCOMPATIBLE_API, f"needs API {manifest.requires_api}, this is {api_version}")


def _in_order(plugins: list[Loaded]) -> list[Loaded]:
    """Dependencies first; a plugin whose dependency is not usable is quarantined in turn."""
    by_name = {p.name: p for p in plugins if p.usable}
    ordered: list[Loaded] = []
    path: list[str] = []

    def visit(plugin: Loaded) -> None:
        if plugin in ordered:
            return
        if plugin.name in path:
            plugin.quarantine(PluginState.MISSING_DEPENDENCY, "circle: " + " → ".join([*path, plugin.name]))
            return
        path.append(plugin.name)
        for name in plugin.manifest.requires if plugin.usable and plugin.manifest else ():
            needed = by_name.get(name)
            if needed is not None:
                visit(needed)
            if needed is None or not needed.usable:
                plugin.quarantine(PluginState.MISSING_DEPENDENCY, f"needs {name}, which is not usable")
                break
        path.pop()
        ordered.append(plugin)

    for plugin in plugins:
        visit(plugin)
    return ordered
