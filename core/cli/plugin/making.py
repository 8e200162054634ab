"""`truong plugin new`: a package that installs, passes its own tests, and is the shortest way to one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from core.cli.program import say

SCAFFOLD = Path(__file__).parent / "scaffold"
COMMON = SCAFFOLD / "common"
KINDS = ("plugin", "payment", "einvoice", "signing", "identity", "portal", "channel")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_TAKEN = frozenset({"core", "plugins", "integrations", "config", "tests", "api", "static"})


@click.command(help="Write a package for a new plugin.")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
@click.option("--title", default="", help="As people read it, in English; the name without it.")
@click.option("--title-vi", default="", help="The same in Vietnamese.")
@click.option("--contact", default="", help="Whom to tell of a hole in its security.")
@click.option("--into", type=click.Path(path_type=Path), default=Path(), help="The folder that the package goes into.")
def new(name: str, kind: str, title: str, title_vi: str, contact: str, into: Path) -> None:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise click.BadParameter("small letters, digits and _, beginning with a letter, no name of the core")
    target = into / f"truong_{name}"
    if target.exists():
        raise click.ClickException(f"{target} is there already.")
    title = title or name.replace("_", " ").capitalize()
    values = {
        "name": name,
        "title": title,
        "title_vi": title_vi or title,
        "contact": contact or "security@example.vn",
    }
    written = [*write(COMMON, target, values), *write(SCAFFOLD / kind, target, values)]
    say(f"{len(written)} files in {target}. Its README.md says how to go on.")


def write(source: Path, target: Path, values: Mapping[str, str]) -> list[Path]:
    """Fill in a scaffold: `@name@` and the like in paths and texts; `.txt` at the end of a file's name goes."""
    written = []
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        place = target / _filled(str(file.relative_to(source)), values).removesuffix(".txt")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_filled(file.read_text("utf-8"), values), "utf-8")
        written.append(place)
    return written


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
