"""`truong plugin`: what is there, what it is, where it is on, and how it would upgrade or leave."""

from __future__ import annotations

import click

from . import checking, leaving, making, showing, switching

__all__ = ["plugin"]


@click.group(help="Plugins.")
def plugin() -> None:
    pass


for command in (
    showing.list_,
    showing.info,
    switching.enable,
    switching.disable,
    checking.check,
    making.new,
    leaving.rehearse,
    leaving.purge,
):
    plugin.add_command(command)
