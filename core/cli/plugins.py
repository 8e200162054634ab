"""`truong <plugin> <command>`: commands that plugins bring, found only when one of them is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from core.data.context import Context
from core.settings.instance import load_settings
from core.types.actor import system_actor
from core.web.app import load_registry

from .program import program, school_by_code

_ACTOR = system_actor("cli")


class ProgramConsole:
    """`core.sdk.cli.Console` on the real program."""

    @contextmanager
    def inside(self, school: str) -> Iterator[Context]:
        with program() as parts:
            with parts.db.all_schools(_ACTOR) as ctx:
                school_id = school_by_code(ctx, school)
            with parts.db.context(_ACTOR, school_id) as ctx:
                yield ctx


class PluginGroup(click.Group):
    """The main group: a name that it does not know may be a plugin's."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        offered = load_registry(load_settings()).commands()
        # `truong transcript verify` as people say it: the beginning of a plugin's name, if only one begins so.
        names = {one.module for one in offered if one.module.startswith(cmd_name)}
        name = cmd_name if cmd_name in names else next(iter(names)) if len(names) == 1 else ""
        found = [one.item.command for one in offered if one.module == name]
        if not found:
            return None
        ctx.find_root().obj = ProgramConsole()
        return click.Group(name, commands=found, help=f"Commands of the plugin {name}.")
