"""Bringing a backup back, and proving it on a throw-away database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from core.data.session import Database
from core.data.tools import run_tool
from core.files.stores import FileStore
from core.types.actor import system_actor

from .backup import DUMP, OBJECTS, BackupFault, Manifest, latest, object_path, read
from .proof import Proof, prove_books

OWNER = "truong_owner"
_ACTOR = system_actor("restore")
_EMPTY = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
_THERE = text(
    "SELECT 'EXTENSION - ' || extname FROM pg_extension "
    "UNION ALL SELECT 'FUNCTION public ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
)
_HASH = text("SELECT encode(hash, 'hex') FROM core_audit WHERE chain = CAST(:chain AS uuid) AND seq = :seq")


def restore(folder: Path, *, owner_url: str, maker_url: str, store: FileStore) -> Manifest:
    """Bring the newest backup of a folder (or the one that is named) into an empty database, documents too.

    Args:
        owner_url: of the owner of the empty database.
        maker_url: of a superuser, if there is one; else the owner again.
        store: where documents go; those that are there stay.

    Raises:
        BackupFault: when the backup is not whole, or the database is not empty.
        ToolFailed: when pg_restore fails; everything it did is rolled back.
    """
    backup = latest(folder)
    found = read(backup)
    load(backup, owner_url=owner_url, maker_url=maker_url)
    for sha256, size in found.files.items():
        with object_path(backup.parent / OBJECTS, sha256).open("rb") as stream:
            if store.put(stream, limit=size).sha256 != sha256:
                raise BackupFault(f"the document {sha256} changed on its way")
    return found


def load(backup: Path, *, owner_url: str, maker_url: str) -> None:
    """pg_restore in one transaction, everything owned by who owns the database."""
    database = str(make_url(owner_url).database)
    target = make_url(maker_url).set(database=database).render_as_string(hide_password=False)
    engine = create_engine(target)
    try:
        with engine.connect() as connection:
            if connection.execute(_EMPTY).scalar_one():
                raise BackupFault("the database is not empty: restore only into a new one")
            there = set(connection.execute(_THERE).scalars())
    finally:
        engine.dispose()
    with tempfile.TemporaryDirectory(prefix="truong-restore-") as scratch:
        wanted = Path(scratch) / "list"
        wanted.write_text(_without(run_tool("pg_restore", "--list", str(backup / DUMP), url=target).decode(), there))
        run_tool(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            f"--role={make_url(owner_url).username or OWNER}",
            f"--use-list={wanted}",
            f"--dbname={database}",
            str(backup / DUMP),
            url=target,
        )


def _without(listing: str, there: set[str]) -> str:
    """The table of contents without what the operator has prepared already (`truong db roles`)."""
    kept = [line for line in listing.splitlines() if not any(f" {name}" in line.partition("(")[0] for name in there)]
    return "\n".join(kept) + "\n"


def verify(folder: Path, *, owner_url: str, maker_url: str, app_url: str) -> Proof:
    """Restore into a throw-away database and prove it: counts, books, record of changes, digests of documents.

    Args:
        maker_url: of who may create databases.
        app_url: of the application, whose rights the checks run with.

    Raises:
        BackupFault: when dump or documents are not what the manifest says.
        ToolFailed: when the copy of the database cannot be read.
    """
    backup = latest(folder)
    found = read(backup)
    proof = Proof(files=len(found.files))
    with _throw_away(owner_url, maker_url) as name:
        load(backup, owner_url=_at(owner_url, name), maker_url=maker_url)
        _count(_at(owner_url, name), found, proof)
        database = Database(_at(app_url, name), pool_size=2)
        try:
            _prove(database, found, proof)
        finally:
            database.close()
    return proof


@contextmanager
def _throw_away(owner_url: str, maker_url: str) -> Iterator[str]:
    name = f"{make_url(owner_url).database}_verify_{os.getpid()}"
    keeper = create_engine(maker_url, isolation_level="AUTOCOMMIT")
    try:
        with keeper.connect() as connection:
            owner = make_url(owner_url).username or OWNER
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE template0')
        yield name
    finally:
        with keeper.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        keeper.dispose()


def _at(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _count(url: str, found: Manifest, proof: Proof) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        for name, rows in found.tables.items():
            there = connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()  # noqa: S608
            proof.tables, proof.rows = proof.tables + 1, proof.rows + there
            if there != rows:
                proof.faults.append(f"table {name} has {there} rows, not {rows}")
    engine.dispose()


def _prove(database: Database, found: Manifest, proof: Proof) -> None:
    with database.all_schools(_ACTOR) as ctx:
        for head in found.heads:
            if ctx.session.execute(_HASH, {"chain": head.chain, "seq": head.seq}).scalar() != head.hash and head.seq:
                proof.faults.append(f"the record of changes of {head.chain} does not lead to its head")
    prove_books(database, _ACTOR, proof)
