"""`truong plugin new`: a package that installs, passes its own tests, and is the shortest way to one's own."""

from __future__ import annotations

import re
from pathlib import Path

import click

from core.cli.program import say

SCAFFOLD = Path(__file__).parent / "scaffold"
KINDS = ("plugin",)
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_TAKEN = frozenset({"core", "plugins", "integrations", "config", "tests", "api", "static"})


@click.command(help="Write a package for a new plugin.")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="plugin", show_default=True)
@click.option("--title", default="", help="As people read it; the name without it.")
@click.option("--into", type=click.Path(path_type=Path), default=Path(), help="The folder that the package goes into.")
def new(name: str, kind: str, title: str, into: Path) -> None:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise click.BadParameter("small letters, digits and _, beginning with a letter, no name of the core")
    target = into / f"truong_{name}"
    if target.exists():
        raise click.ClickException(f"{target} is there already.")
    written = write(SCAFFOLD / kind, target, name, title or name.replace("_", " ").capitalize())
    say(f"{len(written)} files in {target}. Its README.md says how to go on.")


def write(source: Path, target: Path, name: str, title: str) -> list[Path]:
    """Fill in a scaffold: `@name@` and `@title@` in paths and texts; `.txt` at the end of a file's name goes."""
    written = []
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        place = target / _filled(str(file.relative_to(source)), name, title).removesuffix(".txt")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_filled(file.read_text("utf-8"), name, title), "utf-8")
        written.append(place)
    return written


def _filled(text: str, name: str, title: str) -> str:
    return text.replace("@name@", name).replace("@title@", title)
