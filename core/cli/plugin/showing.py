"""`truong plugin list`, `truong plugin info`, `truong hooks`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from core.cli.program import program, say
from core.kernel.claims import tables_of
from core.kernel.registry import Registry
from core.kernel.states import Loaded
from core.types.data_classes import DATA_CLASSES, SENSITIVE
from core.web.app import create_app


@click.command("list", help="All plugins with their state and, when one is not ok, the diagnosis.")
def list_() -> None:
    with program() as parts:
        create_app(parts.settings, db=parts.db, registry=parts.registry)  # tries their pages, as a web start does
        for found in parts.registry.plugins:
            version = found.manifest.version if found.manifest else "-"
            say(f"{found.name:<16} {version:<8} {found.state.value:<20} {found.diagnosis}".rstrip())


@click.command(help="What a plugin says of itself, and what it brings.")
@click.argument("name")
def info(name: str) -> None:
    with program() as parts:
        create_app(parts.settings, db=parts.db, registry=parts.registry)
        found = known(parts.registry, name)
        for label, value in _facts(parts.registry, found):
            say(f"{label + ':':<18} {value}")


def known(registry: Registry, name: str) -> Loaded:
    """A plugin that is there, in whatever state.

    Raises:
        ClickException: when there is none of that name.
    """
    found = registry.plugin(name)
    if found is None:
        raise click.ClickException(f"There is no plugin {name!r}. `truong plugin list` shows them all.")
    return found


def _facts(registry: Registry, found: Loaded) -> Iterator[tuple[str, str]]:
    yield "name", found.name
    yield "state", f"{found.state.value} {found.diagnosis}".rstrip()
    yield "package", found.module + (" (built in)" if found.builtin else "")
    manifest = found.manifest
    if manifest is None:
        return
    yield "version", f"{manifest.version}, for API {manifest.requires_api}"
    yield "licence", manifest.licence
    yield "scope", manifest.scope + (", only the operator switches it" if manifest.restricted else "")
    yield "requires", ", ".join(manifest.requires) or "nothing"
    yield "personal data", ", ".join(_class(name) for name in manifest.data_classes) or "none"
    yield "calls", ", ".join(manifest.outbound_hosts) or "nobody"
    yield "security contact", manifest.security_contact or "-"
    yield "tables", ", ".join(tables_of(found.module)) or "none"
    for asked in registry.asked:
        if asked.module == found.name and asked.items:
            yield asked.hook, str(asked.items)


def _class(name: str) -> str:
    return f"{name} ({DATA_CLASSES[name]}{'; sensitive' if name in SENSITIVE else ''})"


@click.command(help="Which plugin answers which hook.")
@click.option("--trace", is_flag=True, help="With the number of items and the time that each took at start.")
@click.option("--hook", default="", help="Only hooks whose name contains this.")
def hooks(trace: bool, hook: str) -> None:
    with program() as parts:
        for asked in sorted(parts.registry.asked, key=lambda a: (a.hook, a.module)):
            if hook in asked.hook:
                times = f" {asked.items:>4} items {asked.seconds * 1000:>8.2f} ms" if trace else ""
                say(f"{asked.hook:<30} {asked.module:<16}{times}".rstrip())
        if trace:
            say(f"{sum(a.seconds for a in parts.registry.asked) * 1000:.1f} ms in all")
