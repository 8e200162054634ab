"""`truong plugin enable` and `disable`: at one school, or (blocked by the operator) for the whole installation."""

from __future__ import annotations

import click

from core.cli.program import Program, program, say, school_by_code
from core.school import plugins
from core.types.actor import system_actor
from core.types.errors import TruongError
from core.work import lifecycle

from .showing import known

_ACTOR = system_actor("cli")


@click.command(help="Switch a plugin on at a school (with all that it needs), or let a blocked one load again.")
@click.argument("name")
@click.option("--school", default="", help="Code of the school; without it: for the installation.")
def enable(name: str, school: str) -> None:
    with program() as parts:
        if school:
            _switch(parts, name, school, on=True)
            return
        known(parts.registry, name)
        with parts.db.all_schools(_ACTOR) as ctx:
            plugins.unblock_plugin(ctx, name)
    say(f"{name} loads again from the next start on. Switch it on at a school with --school.")


@click.command(help="Switch a plugin off at a school (with all that needs it), or keep it from loading.")
@click.argument("name")
@click.option("--school", default="", help="Code of the school; without it: for the installation.")
@click.option("--reason", default="", help="Why; needed without --school.")
def disable(name: str, school: str, reason: str) -> None:
    with program() as parts:
        if school:
            _switch(parts, name, school, on=False)
            return
        known(parts.registry, name)
        if not reason.strip():
            raise click.UsageError("Say why with --reason.")
        with parts.db.all_schools(_ACTOR) as ctx:
            plugins.block_plugin(ctx, name, reason)
    say(f"{name} does not load from the next start of web and worker on. Its data is kept.")


def _switch(parts: Program, name: str, code: str, *, on: bool) -> None:
    with parts.db.all_schools(_ACTOR) as ctx:
        school_id = school_by_code(ctx, code)
    try:
        with parts.db.context(_ACTOR, school_id) as ctx:
            changed = lifecycle.switch_module(ctx, parts.registry, name, on=on)
    except TruongError as refused:
        found = parts.registry.plugin(name)
        why = f": {found.state.value} {found.diagnosis}" if found else ""
        raise click.ClickException(f"{name} cannot be switched {'on' if on else 'off'}{why.rstrip()}.") from refused
    word = "on" if on else "off"
    say(f"Switched {word} at {code}: {', '.join(sorted(changed))}." if changed else f"It is {word} at {code} already.")
