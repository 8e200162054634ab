"""`truong plugin`."""

from __future__ import annotations

import click

from core.settings.instance import load_settings
from core.web.app import create_app, load_registry

from .program import program, say


@click.group(help="Plugins.")
def plugin() -> None:
    pass


@plugin.command("list", help="All plugins with their state and, when one is not ok, the diagnosis.")
@click.option("--mount", is_flag=True, help="Also try their pages, as a web start does.")
def list_(mount: bool) -> None:
    if mount:
        with program() as parts:
            create_app(parts.settings, db=parts.db, registry=parts.registry)
            plugins = parts.registry.plugins
    else:
        plugins = load_registry(load_settings()).plugins
    for found in plugins:
        version = found.manifest.version if found.manifest else "-"
        say(f"{found.name:<16} {version:<8} {found.state.value:<20} {found.diagnosis}".rstrip())
