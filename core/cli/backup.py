"""`truong backup` and `truong restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from core.data.embedded import create_database, start_embedded
from core.data.tools import ToolFailed
from core.operations.backup import BackupFault, Manifest, backups, make
from core.operations.restore import restore as bring_back
from core.operations.restore import verify as prove
from core.sdk import VERSION
from core.settings import Keyring
from core.settings.instance import load_settings

from .program import DATABASE, file_store, owner_addresses, say, settings_with_database

FOLDER = click.Path(path_type=Path, file_okay=False)


class _Group(click.Group):
    """`truong backup FOLDER` makes one; `truong backup verify FOLDER` and `list FOLDER` are commands of their own."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            return super().resolve_command(ctx, ["make", *args])
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0].startswith("--with-keys"):
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Group, help="Backups: `truong backup FOLDER` makes one.")
def backup() -> None:
    pass


@backup.command("make", help="Copy database and documents into FOLDER; documents that are there are not copied again.")
@click.argument("folder", type=FOLDER)
@click.option(
    "--with-keys", is_flag=True, help="Put the file of secret keys inside: guard such a backup like the keys."
)
def make_backup(folder: Path, with_keys: bool) -> None:
    settings = settings_with_database()
    _owner, maker = owner_addresses()
    if with_keys and settings.secret_file is None:
        raise click.ClickException("The keys are configured, not in a file: copy the configuration yourself.")
    try:
        made = make(
            folder,
            dump_url=maker,
            open_file=file_store(settings).open,
            version=VERSION,
            key_names=settings.keyring().names(),
            key_file=settings.secret_file if with_keys else None,
        )
    except (BackupFault, ToolFailed) as error:
        raise click.ClickException(str(error)) from error
    say(f"Backup {made.name} is complete. `truong backup verify` proves it.")
    if not with_keys:
        say("The secret keys are not inside: keep a copy of them elsewhere.")


@backup.command("list", help="Finished backups in FOLDER.")
@click.argument("folder", type=FOLDER)
def list_backups(folder: Path) -> None:
    for found in backups(folder):
        say(found.name)


@backup.command(help="Restore the newest backup in FOLDER (or the one named) into a throw-away database and prove it.")
@click.argument("folder", type=FOLDER)
def verify(folder: Path) -> None:
    settings = settings_with_database()
    owner, maker = owner_addresses()
    try:
        proof = prove(folder, owner_url=owner, maker_url=maker, app_url=settings.database_url)
    except (BackupFault, ToolFailed) as error:
        say(f"! {error}")
        sys.exit(1)
    for fault in proof.faults:
        say(f"! {fault}")
    say(
        f"{proof.tables} tables, {proof.rows} rows, {proof.files} documents, {proof.entries} entries in the record of "
        f"changes, books of {proof.schools} schools: " + ("FAULTS" if proof.faults else "all as they were.")
    )
    sys.exit(1 if proof.faults else 0)


@click.command(help="Bring a backup back into an empty database, with its documents.")
@click.argument("folder", type=FOLDER)
def restore(folder: Path) -> None:
    settings = load_settings()
    if not settings.database_url:
        create_database(start_embedded(settings.var / "postgres"), DATABASE)
    owner, maker = owner_addresses()
    try:
        found = bring_back(folder, owner_url=owner, maker_url=maker, store=file_store(settings))
    except (BackupFault, ToolFailed) as error:
        raise click.ClickException(str(error)) from error
    rows, moment = sum(found.tables.values()), f"{found.made_at:%Y-%m-%d %H:%M} UTC"
    say(f"Restored: {rows} rows, {len(found.files)} documents, as of {moment}.")
    _keys(found, settings.keyring())
    say("Now run `truong db upgrade`, then `truong ledger verify` and `truong audit verify`.")


def _keys(found: Manifest, keyring: Keyring) -> None:
    lacking = [name for name in found.keys if name not in keyring.names()]
    if lacking:
        say(f"! Secrets in this backup are sealed with keys that are not here ({', '.join(lacking)}): bring them back.")
