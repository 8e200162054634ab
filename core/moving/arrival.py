# ruff: noqa: S608  (names of tables and columns, from the catalogue)
"""A school out of an archive, in one transaction: read, proved with the figures of the old place, then committed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec
from psycopg import sql
from sqlalchemy import Connection, create_engine, text

from core import audit
from core.data.collate import sort_key
from core.data.context import Context
from core.data.fold import fold
from core.data.session import ScopedSession
from core.data.types import new_id
from core.files.stores import FileStore
from core.payments import ledger
from core.types.actor import system_actor
from core.types.clock import Clock, utc_now

from .archive import (
    ACCOUNTS,
    FORMAT,
    MANIFEST,
    ArchiveFault,
    Manifest,
    Part,
    Person,
    Whole,
    driver,
    read_table,
    revisions,
    whole_of,
)
from .plan import Table, tables

BOOKS = ("core_accounting_period", "core_journal_entry", "core_posting")
"""Come together: an entry goes into an open period only, one is open at a time, and postings balance in it."""
_OPENED = {"state": "'open'", "closed_at": "NULL", "closed_by": "NULL"}
_ACTOR = system_actor("move")
_TAKEN = text(
    "SELECT code FROM core_school WHERE id = :school_id OR code = :code OR payment_prefix = :payment_prefix LIMIT 1"
)
_KNOWN = text("SELECT id, login FROM core_account WHERE login = :login OR id = :id")
_ACCOUNT = text("""
    INSERT INTO core_account
        (id, login, name, locale, state, failed_attempts, search_text, sort_key, created_at, updated_at)
    VALUES (:id, :login, :name, :locale, 'active', 0, :search, :sort, :now, :now)
""")
_ROLE = text("""
    INSERT INTO core_grant (id, account_id, role, school_id, valid_from, created_at, updated_at)
    VALUES (:grant, :id, :role, :school, :now, :now, :now)
""")
_PERSON = text("INSERT INTO core_account_person (account_id, school_id, person_id) VALUES (:id, :school, :person)")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A school that has arrived."""

    school_id: UUID
    name: str
    rows: int
    files: int
    entries: int
    """Of its audit chain, every hash recomputed."""
    invite: tuple[Person, ...]
    """Accounts that wait for an invitation."""
    left_out: tuple[Person, ...]
    """Accounts whose sign-in name belongs to somebody here; nobody is taken for somebody else."""


def look(path: Path) -> Manifest:
    """The manifest of an archive.

    Raises:
        ArchiveFault: when it is no archive of a school, or of another format.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.DecodeError) as error:
        raise ArchiveFault("this is no archive of a school, or it is damaged") from error
    if manifest.format != FORMAT:
        raise ArchiveFault(f"the archive has format {manifest.format}, this program reads {FORMAT}")
    return manifest


def receive(path: Path, *, owner_url: str, store: FileStore, clock: Clock = utc_now) -> Arrived:
    """Bring a school in. Everything is proved before the commit; otherwise nothing of it is there.

    Args:
        path: the archive.
        owner_url: of the owner of the tables.
        store: where its documents go; those that are there stay.

    Raises:
        ArchiveFault: when versions differ, the school, its code or its letters are here already, something in the
            archive was changed, or what arrived is not what left.
    """
    manifest = look(path)
    engine = create_engine(owner_url)
    try:
        with zipfile.ZipFile(path) as archive, engine.begin() as connection:
            _fits(connection, manifest)
            ordered = _same_tables(connection, manifest)
            for sha256, size in manifest.files.items():
                with archive.open(f"objects/{sha256}") as stream:
                    if store.put(stream, limit=size).sha256 != sha256:  # type: ignore[arg-type]
                        raise ArchiveFault(f"the document {sha256} was changed in the archive")
            _read(connection, archive, manifest, ordered)
            entries = _prove(connection, manifest, ordered, clock)
            invite, left_out = _people(connection, archive, manifest, clock)
            _record(connection, manifest, clock)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ArchiveFault("a part of the archive is missing or damaged") from error
    finally:
        engine.dispose()
    rows = sum(part.rows for part in manifest.tables)
    return Arrived(manifest.school_id, manifest.name, rows, len(manifest.files), entries, invite, left_out)


def _fits(connection: Connection, manifest: Manifest) -> None:
    here, used = revisions(connection), _used(manifest)
    for name, revision in manifest.revisions.items():
        if name not in used or here.get(name) == revision:
            continue
        if name not in here:
            raise ArchiveFault(
                f"the school keeps data in the plugin {name}, which is not installed here:"
                f" install the version with migration {revision}, run `truong db upgrade`, then try again"
            )
        raise ArchiveFault(
            f"{name} is at {here[name]} here and at {revision} in the archive:"
            " bring both installations to the same versions first"
        )
    taken = connection.execute(_TAKEN, msgspec.structs.asdict(manifest)).scalar_one_or_none()
    if taken is not None:
        raise ArchiveFault(f"the school {taken} is here already, or has the same code or letters of payment references")


def _used(manifest: Manifest) -> set[str]:
    """The core, and the plugins in whose tables the school has rows; any other may be missing here, or another one."""
    return {"core", *(_owner(part.name, manifest) for part in manifest.tables if part.rows)}


def _owner(table: str, manifest: Manifest) -> str:
    """The plugin whose prefix a table has; the longest one, for names may begin alike."""
    return max((name for name in manifest.revisions if table.startswith(f"{name}_")), key=len, default="core")


def _same_tables(connection: Connection, manifest: Manifest) -> list[Table]:
    """The tables of the archive in the order of this database; plugins that are only here have no rows of it."""
    used = _used(manifest)
    parts = {part.name: part for part in manifest.tables if _owner(part.name, manifest) in used}
    ordered = [table for table in tables(connection) if table.name in parts]
    if {table.name for table in ordered} != parts.keys() or any(t.columns != parts[t.name].columns for t in ordered):
        raise ArchiveFault("the tables here are not those of the archive")
    return ordered


def _read(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, ordered: list[Table]) -> None:
    places = {part.name: (number, part) for number, part in enumerate(manifest.tables)}
    for table in ordered:
        if table.name == BOOKS[1]:
            _books(connection, archive, places)
        elif table.name not in BOOKS:
            _fill(connection, archive, places[table.name], table.name)
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


def _books(connection: Connection, archive: zipfile.ZipFile, places: Mapping[str, tuple[int, Part]]) -> None:
    """Periods one after the other as they were kept: opened, filled, proved balanced, closed."""
    columns = {name: ", ".join(places[name][1].columns) for name in BOOKS}
    for name in BOOKS:
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE arriving_{name} ON COMMIT DROP AS SELECT {columns[name]} FROM {name} WITH NO DATA"
        )
        connection.exec_driver_sql(f"ALTER TABLE arriving_{name} ADD COLUMN place bigserial")
        _fill(connection, archive, places[name], f"arriving_{name}")
    periods, entries, postings = BOOKS
    opened = ", ".join(_OPENED.get(column, column) for column in places[periods][1].columns)
    closed = ", ".join(f"{column} = a.{column}" for column in ("closed_at", "closed_by", "state"))
    query = f"SELECT id FROM arriving_{periods} ORDER BY state = 'open', closed_at, starts_on, id"
    for period in connection.exec_driver_sql(query).scalars().all():
        for statement in (
            f"INSERT INTO {periods} ({columns[periods]}) SELECT {opened} FROM arriving_{periods} WHERE id = %(id)s",
            f"WITH entry AS (INSERT INTO {entries} ({columns[entries]})"
            f" SELECT {columns[entries]} FROM arriving_{entries} WHERE period_id = %(id)s ORDER BY place)"
            f" INSERT INTO {postings} ({columns[postings]}) SELECT {columns[postings]} FROM arriving_{postings}"
            f" WHERE entry_id IN (SELECT id FROM arriving_{entries} WHERE period_id = %(id)s) ORDER BY place",
            "SET CONSTRAINTS ALL IMMEDIATE",
            "SET CONSTRAINTS ALL DEFERRED",
            f"UPDATE {periods} p SET {closed} FROM arriving_{periods} a"
            " WHERE p.id = %(id)s AND a.id = p.id AND a.state = 'closed'",
        ):
            connection.exec_driver_sql(statement, {"id": period} if "%(id)s" in statement else None)


def _fill(connection: Connection, archive: zipfile.ZipFile, place: tuple[int, Part], into: str) -> None:
    number, part = place
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(into), sql.SQL(", ").join(sql.Identifier(column) for column in part.columns)
    )
    digest = hashlib.sha256()
    with (
        archive.open(f"tables/{number:03d}-{part.name}") as stream,
        driver(connection).cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        while chunk := stream.read(1 << 18):
            digest.update(chunk)
            copy.write(chunk)
    if digest.hexdigest() != part.sha256:
        raise ArchiveFault(f"{part.name} was changed in the archive")


def _prove(connection: Connection, manifest: Manifest, ordered: list[Table], clock: Clock) -> int:
    """Read everything again and compare; recompute books and chain. Returns the entries of the chain."""
    parts = {part.name: part for part in manifest.tables}
    for table in ordered:
        found = read_table(connection, table, manifest.school_id, _nowhere)
        if found != (parts[table.name].rows, parts[table.name].sha256):
            raise ArchiveFault(f"{table.name} is not what it was: {found[0]} rows of {parts[table.name].rows}")
    if whole_of(connection, manifest.school_id) != Whole(manifest.books, manifest.balances, manifest.head):
        raise ArchiveFault("the books or the record of changes are not what they were")
    with _inside(connection, manifest.school_id, clock) as session:
        ctx = Context(session, _ACTOR, manifest.school_id, clock)
        faults = [str(fault) for report in audit.verify(ctx) for fault in report.faults]
        faults += [str(problem) for problem in ledger.verify(ctx)]
    if faults:
        raise ArchiveFault("; ".join(faults))
    return manifest.head[0]


def _inside(connection: Connection, school_id: UUID, clock: Clock) -> ScopedSession:
    """A session of the school in the transaction of the owner, who stands behind no wall."""
    return ScopedSession(connection, school_id, walled=True)


def _people(
    connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, clock: Clock
) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Accounts without any secret: who had one gets an invitation. A name that is taken here is nobody's."""
    given = archive.read(ACCOUNTS)
    if hashlib.sha256(given).hexdigest() != manifest.accounts_sha256:
        raise ArchiveFault("the accounts were changed in the archive")
    invite, left_out = [], []
    for person in msgspec.json.decode(given, type=tuple[Person, ...]):
        known = connection.execute(_KNOWN, {"login": person.login, "id": person.id}).all()
        if known and [tuple(row) for row in known] != [(person.id, person.login)]:
            left_out.append(person)
            continue
        values = {"id": person.id, "school": manifest.school_id, "now": clock()}
        if not known:
            names = {"login": person.login, "name": person.name, "locale": person.locale}
            folded = {"search": fold(f"{person.name} {person.login}"), "sort": sort_key(person.name)}
            connection.execute(_ACCOUNT, values | names | folded)
            invite.append(person)
        for role in person.roles:
            connection.execute(_ROLE, values | {"grant": new_id(), "role": role})
        if person.person_id is not None:
            connection.execute(_PERSON, values | {"person": person.person_id})
    return tuple(invite), tuple(left_out)


def _record(connection: Connection, manifest: Manifest, clock: Clock) -> None:
    """The first entry of the school here: where its chain comes from."""
    with _inside(connection, manifest.school_id, clock) as session:
        ctx = Context(session, _ACTOR, manifest.school_id, clock)
        detail = {"head": manifest.head[1], "entries": manifest.head[0], "left_at": manifest.made_at}
        audit.record(ctx, "school.arrived", target=("school", manifest.school_id), detail=detail)


def _nowhere(block: bytes) -> None:
    """Only the digest counts."""
