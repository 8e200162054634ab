"""The `truong` command."""

from __future__ import annotations

import click

from core.types.staying import staying

with staying():
    from . import backup, check, data, demo, move, people, plugin, reference, secrets, serve, work
    from .plugin import showing
    from .plugins import PluginGroup


@click.group(cls=PluginGroup, help="Truong, the school platform.")
@click.version_option(package_name="truong")
def main() -> None:
    """Entry point of the console script."""


for command in (
    data.db,
    data.assets,
    backup.backup,
    backup.restore,
    serve.web,
    serve.worker,
    serve.simulators,
    demo.demo,
    plugin.plugin,
    showing.hooks,
    people.account,
    people.school,
    check.audit,
    check.ledger,
    check.doctor,
    work.work,
    secrets.secrets,
    reference.reference,
):
    main.add_command(command)

data.db.add_command(move.move_database)
people.school.add_command(move.move_school)
people.school.add_command(move.receive)

__all__ = ["main"]
