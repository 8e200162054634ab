"""`truong db move`, `truong school move` and `truong school receive`."""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from core import audit
from core.data.session import Database
from core.data.tools import ToolFailed
from core.files.stores import LocalStore
from core.identity import invitations
from core.moving.archive import ArchiveFault, pack
from core.moving.arrival import Arrived, look
from core.moving.arrival import receive as bring_in
from core.moving.database import MoveFault, give_over
from core.moving.database import move as carry
from core.moving.facts import looking_at
from core.sdk import VERSION
from core.settings.instance import load_settings
from core.types.actor import system_actor

from .program import Program, file_store, owner_addresses, program, say

_ACTOR = system_actor("cli")


@click.command("move", help="Carry this installation to another PostgreSQL server, and prove that both are equal.")
@click.argument("owner_url")
@click.argument("app_url")
@click.option("--maker", default="", help="Address of a superuser there, if the owner may not make extensions.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def move_database(owner_url: str, app_url: str, maker: str, yes: bool) -> None:
    settings = load_settings()
    _owner, source = owner_addresses()
    if not yes:
        click.confirm(
            "Are web and worker stopped? The database is closed to writing once the copy is proved", abort=True
        )
    try:
        proof = carry(
            source,
            owner_url=owner_url,
            app_url=app_url,
            maker_url=maker,
            open_file=file_store(settings).open,
        )
    except (MoveFault, ToolFailed) as error:
        raise click.ClickException(f"{error}. Nothing was changed here.") from error
    say(f"{proof.tables} tables with {proof.rows} rows, {proof.files} documents.")
    for fault in proof.faults:
        say(f"! {fault}")
    if proof.faults:
        say("The copy is not equal. Nothing was changed here; drop the new database.")
        sys.exit(1)
    say(f"Equal: rows, content, sequences, books of {proof.schools} schools, {proof.entries} entries of the record.")
    give_over(source, settings.var, app_url)
    say("Set the new addresses and start again: TRUONG_DATABASE_URL, TRUONG_WORKER_DATABASE_URL (role truong_worker)")
    say("and TRUONG_ADMIN_DATABASE_URL.")
    say("The database of before is kept, and refuses to be written.")


@click.command(
    "move", help="Pack one school: --to FOLDER writes an archive, --to ADDRESS (of the owner) brings it there."
)
@click.argument("code")
@click.option("--to", "target", required=True, help="A folder, or postgresql://... of the owner of the other tables.")
@click.option(
    "--files", type=click.Path(file_okay=False, path_type=Path), help="Folder of documents at the other place."
)
def move_school(code: str, target: str, files: Path | None) -> None:
    direct = target.startswith(("postgresql:", "postgresql+", "postgres:"))
    if direct and files is None:
        raise click.UsageError("name the folder of documents of the other installation with --files")
    with program() as parts, tempfile.TemporaryDirectory(prefix="truong-school-") as scratch:
        _link(parts)
        folder = Path(scratch) if direct else Path(target)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        archive = folder / f"{code}.truong.zip"
        store = file_store(parts.settings)
        try:
            with looking_at(owner_addresses()[1]) as connection:
                made = pack(connection, code, archive, open_file=store.open, version=VERSION)
            rows = sum(part.rows for part in made.tables)
            say(f"{made.name}: {rows} rows in {len(made.tables)} tables, {len(made.files)} documents.")
            if direct and files is not None:
                url = target.replace("postgres://", "postgresql://", 1).replace(
                    "postgresql://", "postgresql+psycopg://", 1
                )
                _tell(bring_in(archive, owner_url=url, store=LocalStore(files)))
                say("There, run `truong account invite` for each person who shall sign in.")
            else:
                say(f"The archive is {archive}. There: truong school receive {archive.name}")
        except (ArchiveFault, SQLAlchemyError) as error:
            raise click.ClickException(_plain(error)) from error
    say("The school is still here, unchanged. Switch its modules off when it works at the new place.")


def _link(parts: Program) -> None:
    """What waits goes into the chains first, so that an archive ends with their heads."""
    with parts.db.all_schools(_ACTOR) as ctx:
        while audit.link(ctx, wait=True):
            pass


@click.command(help="Bring in a school from an archive, prove it, and write invitations for its people.")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--invitations", "into", type=click.Path(path_type=Path), help="File for the links; beside the archive.")
def receive(archive: Path, into: Path | None) -> None:
    with program() as parts:
        try:
            manifest = look(archive)
            say(f"{manifest.name} ({manifest.code}), packed {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
            arrived = bring_in(archive, owner_url=owner_addresses()[0], store=file_store(parts.settings))
        except (ArchiveFault, SQLAlchemyError) as error:
            raise click.ClickException(f"{_plain(error)}. Nothing of the school is here.") from error
        _tell(arrived)
        written = _invite(parts.db, parts.settings.base_url, arrived, into or archive.with_suffix(".invitations.csv"))
    say(f"Links for {len(arrived.invite)} people are in {written}: hand them out, then delete the file.")
    say("Payment channels with secrets wait: enter their secrets again and switch them on.")


def _plain(error: Exception) -> str:
    """An error without values of persons."""
    return str(error) if isinstance(error, ArchiveFault) else f"the database refused it ({type(error).__name__})"


def _tell(arrived: Arrived) -> None:
    say(f"{arrived.name} has arrived: {arrived.rows} rows, {arrived.files} documents, {arrived.entries} entries of")
    say("the record of changes. Every table, the books and the chain are what they were.")
    for person in arrived.left_out:
        say(f"! {person.login}: this sign-in name belongs to somebody here; give the person another account.")


def _invite(db: Database, base_url: str, arrived: Arrived, path: Path) -> Path:
    """Links with which people set a password, in a file that only the operator reads."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", newline="", encoding="utf-8") as stream, db.context(_ACTOR, arrived.school_id) as ctx:
        writer = csv.writer(stream)
        writer.writerow(["login", "name", "link"])
        for person in arrived.invite:
            token = invitations.invite(ctx, person.id)
            writer.writerow([person.login, person.name, f"{base_url}/invitation/{token}"])
    return path
