"""`truong plugin rehearse` and `purge`: an upgrade tried on a copy, and data erased for good."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import create_engine

from core import audit
from core.cli.program import owner_addresses, program, say
from core.kernel import migrations
from core.kernel.migrations import Chain
from core.kernel.purge import Purged
from core.kernel.purge import purge as purge_tables
from core.kernel.rehearsal import rehearse as play
from core.kernel.states import Loaded
from core.settings.instance import load_settings
from core.types.actor import system_actor
from core.types.errors import Conflict
from core.web.app import load_registry

from .showing import known

_ACTOR = system_actor("cli")


@click.command(help="Run a plugin's migrations up, down and up again on a copy of the data; the real one is only read.")
@click.argument("name")
@click.option(
    "--wheel",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A wheel of the plugin that is not installed yet.",
)
def rehearse(name: str, wheel: Path | None) -> None:
    with _on_the_path(wheel):
        registry = load_registry(load_settings())
        found = known(registry, name)
        if not found.usable:
            raise click.ClickException(f"{name}: {found.state.value}: {found.diagnosis}")
        chain = _chain(registry.plugins, name)
        owner, maker = owner_addresses()
        report = play(owner, chain, maker_url=maker)
    for act in report.acts:
        say(f"{act.name:<9} {act.seconds:>7.2f} s  {act.fault or 'ok'}")
    say("The rehearsal went well." if report.ok else "The rehearsal failed. Nothing was changed.")
    sys.exit(0 if report.ok else 1)


def _chain(plugins: tuple[Loaded, ...], name: str) -> Chain:
    for chain in migrations.chains(plugins):
        if chain.name == name:
            return chain
    raise click.ClickException(f"{name} has no tables: there is nothing to rehearse.")


@contextmanager
def _on_the_path(wheel: Path | None) -> Iterator[None]:
    """A wheel unpacked in front of everything that is installed, for this process alone."""
    if wheel is None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="truong-wheel-") as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        sys.path.insert(0, folder)
        try:
            yield
        finally:
            sys.path.remove(folder)


@click.command(help="Erase all data of a plugin, also one that is not installed any more.")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(name: str, yes: bool) -> None:
    with program() as parts:
        if name in ("core", *(p.name for p in parts.registry.plugins if p.builtin)):
            raise click.ClickException(f"{name} is part of the program.")
        if not yes:
            click.confirm(f"Erase all data of {name} at every school? This cannot be undone", abort=True)
        others = tuple(p.name for p in parts.registry.plugins if p.name != name)
        engine = create_engine(owner_addresses()[0])
        try:
            with engine.begin() as connection:
                purged = purge_tables(connection, name, others=others)
        except Conflict as refused:
            raise click.ClickException(str(refused)) from refused
        finally:
            engine.dispose()
        with parts.db.all_schools(_ACTOR) as ctx:
            detail = {"rows": purged.total, "tables": dict(purged.rows)}
            entry = audit.record(ctx, "core.plugin.purged", target=("plugin", name), detail=detail)
    _tell(name, purged)
    say(f"Entry {entry} of the record of changes is the proof.")


def _tell(name: str, purged: Purged) -> None:
    for table, rows in purged.rows.items():
        say(f"{table:<40} {rows:>9} rows")
    say(f"{name}: {purged.total} rows in {len(purged.rows)} tables erased.")
