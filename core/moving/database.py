"""A whole installation to another PostgreSQL server: copied at one moment, proved, and only then given over.

The database of before is only read until the proof holds; then it refuses to be written and says where it has gone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from core.data.session import Database
from core.data.tools import run_tool
from core.operations.backup import DUMP, BackupFault
from core.operations.proof import Proof, prove_books
from core.operations.restore import load
from core.types.actor import system_actor

from .facts import Facts, differences, facts_of, looking_at

MOVED = "moved"
"""The file in `var` that says where an embedded installation has gone."""
_ACTOR = system_actor("move")
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


class MoveFault(Exception):
    """The move cannot be made; nothing was changed. The text says why."""


def move(
    source_url: str, *, owner_url: str, app_url: str, maker_url: str = "", open_file: Callable[[str], BinaryIO]
) -> Proof:
    """Copy the database to an empty one and prove that both are equal.

    Args:
        source_url: of who may read all rows of the database of before.
        owner_url: of the owner of the new one, prepared by `truong db roles`.
        app_url: of the application at the new one; the books and chains are proved with its rights.
        maker_url: of a superuser at the new one, if the owner may not make extensions.
        open_file: opens a document by its digest; documents stay where they are and are read once.

    Returns:
        the proof; the old database is untouched, whatever it says.

    Raises:
        MoveFault: when somebody works at the old one, or the new one is not empty.
        ToolFailed: when copying fails; the new one stays empty.
    """
    if _same(source_url, owner_url):
        raise MoveFault("both addresses name the same database")
    with looking_at(source_url) as source:
        if source.execute(_OTHERS).scalar_one():
            raise MoveFault("somebody is connected: stop web and worker first, so that nothing is written meanwhile")
        snapshot = str(source.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        before = facts_of(source)
        with tempfile.TemporaryDirectory(prefix="truong-move-") as folder:
            dump = f"--file={Path(folder) / DUMP}"
            run_tool("pg_dump", "--format=custom", "--no-comments", f"--snapshot={snapshot}", dump, url=source_url)
            try:
                load(Path(folder), owner_url=owner_url, maker_url=maker_url or owner_url)
            except BackupFault as error:
                raise MoveFault("the new database is not empty: prepare a new one by `truong db roles`") from error
    with looking_at(owner_url) as target:
        after = facts_of(target)
    proof = Proof(rows=after.total, tables=len(after.rows), files=len(after.files))
    proof.faults += differences(before, after)
    with looking_at(source_url) as source:
        if differences(before, facts_of(source)):
            proof.faults.append("the old database was written while it was copied")
    _files(before, open_file, proof)
    if not proof.faults:
        _prove(app_url, proof)
    return proof


def give_over(source_url: str, var: Path, where: str) -> None:
    """Close the database of before to writing and leave a note; only after a proof without faults.

    Args:
        source_url: of a superuser or the owner of the old database.
        where: the new address, shown to people without its password.
    """
    engine = create_engine(source_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            name = make_url(source_url).database
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    finally:
        engine.dispose()
    (var / MOVED).write_text(make_url(where).render_as_string(hide_password=True) + "\n")


def _same(one: str, other: str) -> bool:
    def place(url: str) -> tuple[object, ...]:
        parts = make_url(url)
        return parts.host, parts.port, parts.database, str(parts.query.get("host"))

    return place(one) == place(other)


def _files(before: Facts, open_file: Callable[[str], BinaryIO], proof: Proof) -> None:
    """Every document that the database names is there, and is what its name says."""
    for name in before.files:
        try:
            with open_file(name) as stream:
                if _digest(stream) != name:
                    proof.faults.append(f"the document {name} was changed in the store")
        except FileNotFoundError:
            proof.faults.append(f"the document {name} is missing in the store")


def _digest(stream: BinaryIO) -> str:
    digest = sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _prove(app_url: str, proof: Proof) -> None:
    """Books and chains, recomputed at the new place with the rights of the application."""
    database = Database(app_url, pool_size=2)
    try:
        prove_books(database, _ACTOR, proof)
    finally:
        database.close()
