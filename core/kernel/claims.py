"""Whether a plugin keeps to its own ground: what it brings against what its manifest says.

These checks find mistakes and careless copies. They are no wall against malice: a plugin is Python in our process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.data.base import Base
from core.types.contributions import Manifest
from core.types.data_classes import DATA_CLASSES, GUARDED

_NAMED = {
    "provide_permissions": "name",
    "provide_settings": "key",
    "provide_tasks": "name",
    "provide_schedules": "name",
    "provide_audit_actions": "code",
    "provide_events": "name",
    "provide_slot_places": "name",
    "provide_indicators": "name",
    "provide_reports": "name",
    "provide_schools_reports": "name",
    "provide_importers": "name",
    "provide_exporters": "name",
    "provide_code_lists": "name",
    "provide_personal_data": "name",
    "provide_purposes": "name",
    "provide_portal_services": "name",
    "provide_absence_sources": "name",
}
"""Hooks whose items carry the plugin's name as prefix, and the attribute that does."""

_PROVIDERS = (
    "provide_payment_providers",
    "provide_signing_providers",
    "provide_identity_providers",
    "provide_notification_channels",
    "provide_einvoice_providers",
    "provide_file_stores",
)
"""Hooks whose items are named after the plugin and say which hosts they call."""

Answers = Mapping[str, Sequence[Any]]


def manifest_faults(manifest: Manifest, module: str) -> Iterator[str]:
    """What is wrong with a manifest by itself, and with the tables that its package defines."""
    for name in manifest.data_classes:
        if name not in DATA_CLASSES:
            yield f"data class {name!r} is not one of {', '.join(DATA_CLASSES)}"
    for path in manifest.addresses:
        if not path.startswith("/") or path == "/" or path.startswith("/api"):
            yield f"address {path!r} must be a path of its own, outside /api"
    for table in tables_of(module):
        if not table.startswith(f"{manifest.name}_"):
            yield f"table {table} does not begin with {manifest.name}_"
        if table.endswith("_version"):
            yield f"table {table} ends in _version, as only the tables do in which migrations keep where they are"


def tables_of(module: str) -> list[str]:
    """Tables that models of this package define."""
    package = module.partition(":")[0]
    return sorted(
        {
            str(mapper.local_table)
            for mapper in Base.registry.mappers
            if mapper.class_.__module__ == package or mapper.class_.__module__.startswith(f"{package}.")
        }
    )


def answer_faults(manifest: Manifest, answers: Answers) -> Iterator[str]:
    """What a plugin contributes outside its own ground."""
    prefix = f"{manifest.name}."
    limits = {scope.suffix for scope in answers.get("provide_scopes", ())}
    for hook, attribute in _NAMED.items():
        for item in answers.get(hook, ()):
            name = getattr(item, attribute)
            limited = hook == "provide_permissions" and name.rpartition(".")[2] in limits
            if not name.startswith(prefix) and not limited:
                yield f"{hook}: {name!r} does not begin with {prefix!r}"
    own = {permission.name for permission in answers.get("provide_permissions", ())}
    for grant in answers.get("provide_roles", ()):
        for name in sorted(grant.permissions - own):
            yield f"provide_roles: grants {name!r}, which it does not declare"
    for scope in answers.get("provide_scopes", ()):
        if not _is_own(manifest, scope.suffix):
            yield f"provide_scopes: {scope.suffix!r} is not named after the plugin"
    for named in answers.get("provide_person_references", ()):
        if not named.table.startswith(f"{manifest.name}_"):
            yield f"provide_person_references: {named.table} is not a table of this plugin"
    for purpose in answers.get("provide_purposes", ()):
        for name in sorted(purpose.data_classes - (GUARDED & set(manifest.data_classes))):
            yield f"provide_purposes: {purpose.name!r} opens {name}, which is no guarded class of the manifest"
    for held in answers.get("provide_personal_data", ()):
        for name in sorted(set(held.data_classes) - set(manifest.data_classes)):
            yield f"provide_personal_data: {held.name!r} holds {name}, which the manifest does not declare"
    yield from _provider_faults(manifest, answers)
    yield from _address_faults(manifest, answers)


def _provider_faults(manifest: Manifest, answers: Answers) -> Iterator[str]:
    declared = set(manifest.outbound_hosts)
    for hook in _PROVIDERS:
        kind = hook.removeprefix("provide_").removesuffix("s").replace("_", " ")
        for provider in answers.get(hook, ()):
            # `signing_pkcs12` brings `pkcs12`: beside others of its kind nobody repeats what it is.
            if not (_is_own(manifest, provider.name) or manifest.name == f"{kind.split()[0]}_{provider.name}"):
                yield f"{kind} {provider.name!r} is not named after the plugin"
            for host in sorted(set(provider.outbound_hosts) - declared):
                yield f"{kind} {provider.name!r} calls {host}, which the manifest does not declare"


def _address_faults(manifest: Manifest, answers: Answers) -> Iterator[str]:
    mine = (f"/{manifest.name}", *manifest.addresses)
    for hook, start in (("provide_pages", ""), ("provide_api", "api-")):
        for blueprint in answers.get(hook, ()):
            if not _is_own(manifest, blueprint.name.removeprefix(start).replace("-", "_")):
                yield f"{hook}: blueprint {blueprint.name!r} is not named after the plugin"
            path = blueprint.url_prefix or mine[0]
            if not any(path == own or path.startswith(f"{own}/") for own in mine):
                yield f"{hook}: {blueprint.name!r} lies at {path}, outside {', '.join(mine)}"


def _is_own(manifest: Manifest, name: str) -> bool:
    return name == manifest.name or name.startswith(f"{manifest.name}_")
