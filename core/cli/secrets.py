"""`truong secrets`: a new key for everything that is kept encrypted."""

from __future__ import annotations

import pkgutil
import secrets as randomness
import sys
from importlib import import_module

import click

from core.settings import Keyring, keys
from core.settings.instance import write_secrets
from core.settings.sealed import Resealed, leftovers, reseal
from core.types.actor import system_actor

from .program import Program, program, say

_ACTOR = system_actor("cli")


@click.group(help="The keys that seal secrets.")
def secrets() -> None:
    pass


@secrets.command(
    help="Make a new key (in var/secret.key) and seal everything anew with it. Keys that are configured are not made "
    "here: put the new one before the old one, restart, then run this. Safe to run again after an interruption."
)
@click.option("--keep-key", is_flag=True, help="Only seal anew with the newest key that is there.")
def rotate(keep_key: bool) -> None:
    with program() as parts:
        file = parts.settings.secret_file
        if file is not None and not keep_key:
            write_secrets(file, [randomness.token_urlsafe(48), *file.read_text("ascii").split()])
            say("A new key is the first line of the file of secrets. Copy the file to a safe place now.")
        shut = _reseal(parts)
    say("Older keys stay for reading: pay links, recovery codes and codes on paper were made with them.")
    sys.exit(1 if shut else 0)


@secrets.command(help="Forget all keys but the newest. What was made with them ends: see the guide for operators.")
@click.confirmation_option(prompt="Links, recovery codes and codes on paper that older keys made end now. Go on?")
def retire() -> None:
    with program() as parts:
        file = parts.settings.secret_file
        if file is None:
            raise click.ClickException("The keys are configured: take the old ones out of the configuration.")
        _reseal(parts)
        with parts.db.all_schools(_ACTOR) as ctx:
            left = leftovers(ctx, keys())
        if left:
            places = ", ".join(f"{column} ({count})" for column, count in left.items())
            raise click.ClickException(f"Sealed with other keys still: {places}. No key was taken away.")
        write_secrets(file, file.read_text("ascii").split()[:1])
    say("Only the newest key is left.")


@secrets.command(help="Which keys there are and how much is sealed with the newest.")
def status() -> None:
    with program() as parts:
        names = keys().names()
        say(f"{len(names)} keys, the newest is {names[0]}")
        know_every_table()
        with parts.db.all_schools(_ACTOR) as ctx, ctx.session.begin_nested() as trial:
            for row in reseal(ctx, keys()):
                say(f"{row.column}: {row.current} with the newest, {row.renewed} with older ones, {row.shut} shut")
            trial.rollback()


def know_every_table() -> None:
    """Import all models of the program: parts that speak SQL alone never load their own."""
    for room in ("core", "plugins", "integrations"):
        for found in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            words = found.name.split(".")
            if "models" in words and "testing" not in words:
                import_module(found.name)


def _reseal(parts: Program) -> int:
    """Seal anew, one transaction a run; returns how many texts stay shut."""
    know_every_table()
    keyring: Keyring = keys()
    done: list[Resealed] = []
    with parts.db.all_schools(_ACTOR) as ctx:
        done = list(reseal(ctx, keyring))
    for row in done:
        say(f"{row.column}: {row.renewed} sealed anew, {row.current} were current, {row.shut} cannot be opened")
    return sum(row.shut for row in done)
