"""`truong learners import`: a list from the operator's terminal, through the same services as the page."""

from __future__ import annotations

from pathlib import Path

import click

from core.sdk import CommandItem, Context
from core.sdk.cli import console, say
from core.sdk.errors import TruongError

from .services.confirming import confirm_import
from .services.planning import get_import, read_import, start_import

SHOWN = ("new", "changed", "unchanged", "refused")


@click.command("import", help="Read a list of pupils (XLSX or CSV) and say what it would do; with --confirm do it.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--school", required=True, help="Code of the school.")
@click.option("--confirm", is_flag=True, help="Take over the accepted rows. Without it only the plan is kept.")
def import_list(file: Path, school: str, confirm: bool) -> None:
    with console().inside(school) as ctx:
        try:
            _import(ctx, file, confirm=confirm)
        except TruongError as error:
            raise click.ClickException(error.message.render(lambda text: text)) from error


def _import(ctx: Context, file: Path, *, confirm: bool) -> None:
    import_id = start_import(ctx, file.name, file.read_bytes())
    read_import(ctx, import_id)
    actions = get_import(ctx, import_id).summary["actions"]
    say(f"{file.name}: " + ", ".join(f"{actions.get(name, 0)} {name}" for name in SHOWN))
    if confirm:
        done = confirm_import(ctx, import_id)
        say(f"Taken over: {done.new} new, {done.changed} changed. The page of imports can undo it.")
    else:
        say("Nothing was changed. Look at the plan on the page of imports, or call again with --confirm.")


COMMANDS = [CommandItem(import_list)]
