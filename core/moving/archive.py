"""One school as an archive: a manifest, one file for each table, documents by digest, and nothing secret.

    manifest.json              versions, tables with rows and digests, books, chain, documents
    tables/001-core_school     PostgreSQL's COPY text, in the order in which they are read again
    accounts.json              names and roles of the people; no password, no second factor leaves the installation
    objects/abcd...            documents

Everything is read in one transaction that sees one moment.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from sqlalchemy import Connection, text

from core.data.base import Base

from .plan import Table, tables

MANIFEST, ACCOUNTS = "manifest.json", "accounts.json"
FORMAT = 1
_SCHOOL = text("SELECT id, code, name, payment_prefix FROM core_school WHERE code = :code")
_BUSY = text("SELECT count(*) FROM core_job WHERE school_id = :school AND state IN ('waiting', 'running')")
_PENDING = text("SELECT count(*) FROM core_audit_pending WHERE school_id = :school")
_BOOKS = text("SELECT account, sum(amount)::bigint FROM core_posting WHERE school_id = :school GROUP BY 1 ORDER BY 1")
_BALANCES = text("""
    SELECT md5(coalesce(string_agg(concat_ws(' ', account, person_id, amount), ',' ORDER BY account, person_id), ''))
    FROM (SELECT account, person_id, sum(amount) AS amount FROM core_ledger_balance WHERE school_id = :school
          GROUP BY 1, 2 HAVING sum(amount) <> 0) balance
""")
_HEAD = text("SELECT seq, encode(hash, 'hex') FROM core_audit_head WHERE chain = :school")
_FILES = text("SELECT sha256, max(size) FROM core_file WHERE school_id = :school GROUP BY 1 ORDER BY 1")
_VERSIONS = text(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE '%\\_version' ORDER BY 1"
)
_ACCOUNTS = text("""
    SELECT a.id, a.login, a.name, a.locale,
           ARRAY(SELECT g.role FROM core_grant g WHERE g.account_id = a.id AND g.school_id = :school
                 AND (g.valid_until IS NULL OR g.valid_until > now()) ORDER BY 1) AS roles,
           (SELECT p.person_id FROM core_account_person p WHERE p.account_id = a.id AND p.school_id = :school)
    FROM core_account a
    WHERE EXISTS (SELECT FROM core_grant g WHERE g.account_id = a.id AND g.school_id = :school)
       OR EXISTS (SELECT FROM core_account_person p WHERE p.account_id = a.id AND p.school_id = :school)
    ORDER BY a.id
""")


class ArchiveFault(Exception):
    """A school cannot be packed, or an archive is not what its manifest says; the text names what."""


class Part(msgspec.Struct, frozen=True):
    """One table in the archive."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    """Of the file in the archive; read again from the new place it is the same."""


class Person(msgspec.Struct, frozen=True):
    """An account of the school: invited anew where the school arrives."""

    id: UUID
    login: str
    name: str
    locale: str
    roles: tuple[str, ...]
    person_id: UUID | None


class Manifest(msgspec.Struct, frozen=True):
    """What is in an archive."""

    format: int
    version: str
    made_at: datetime
    school_id: UUID
    code: str
    name: str
    payment_prefix: str
    revisions: dict[str, str]
    """How far the migrations of the core and of each plugin have come."""
    tables: tuple[Part, ...]
    books: dict[str, int]
    balances: str
    head: tuple[int, str]
    files: dict[str, int]
    accounts_sha256: str


class Whole(msgspec.Struct, frozen=True):
    """The figures of a school that must be the same at both places."""

    books: dict[str, int]
    balances: str
    head: tuple[int, str]


def pack(
    connection: Connection, code: str, target: Path, *, open_file: Callable[[str], BinaryIO], version: str
) -> Manifest:
    """Write the archive of a school; whole, or not there at all.

    Args:
        connection: of who may read all rows, in a transaction that sees one moment (`facts.looking_at`).
        code: of the school.
        target: the file to write; it must not exist.
        open_file: opens a document by its digest.

    Raises:
        ArchiveFault: when there is no such school, work is under way, a document is missing, or the file exists.
    """
    row = connection.execute(_SCHOOL, {"code": code}).one_or_none()
    if row is None:
        raise ArchiveFault(f"there is no school with the code {code!r}")
    if target.exists():
        raise ArchiveFault(f"{target.name} exists already")
    school = {"school": row.id}
    if connection.execute(_BUSY, school).scalar_one():
        raise ArchiveFault("jobs of this school wait or run: let the worker finish, or cancel them")
    if connection.execute(_PENDING, school).scalar_one():
        raise ArchiveFault("the record of changes is not linked yet: run `truong audit verify` first")
    draft = target.with_name(f".{target.name}.partial")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write(connection, archive, row, open_file, version)
        draft.chmod(0o600)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(
    connection: Connection, archive: zipfile.ZipFile, school: Any, open_file: Callable[[str], BinaryIO], version: str
) -> Manifest:
    values = {"school": school.id}
    parts = []
    for number, table in enumerate(tables(connection)):
        with archive.open(f"tables/{number:03d}-{table.name}", "w", force_zip64=True) as out:
            parts.append(_copy(connection, table, school.id, cast("BinaryIO", out)))
    people = msgspec.json.encode([Person(*account) for account in connection.execute(_ACCOUNTS, values)])
    archive.writestr(ACCOUNTS, people)
    files = {str(sha256): int(size) for sha256, size in connection.execute(_FILES, values)}
    for sha256 in files:
        _document(archive, sha256, open_file)
    whole = whole_of(connection, school.id)
    manifest = Manifest(
        format=FORMAT,
        version=version,
        made_at=datetime.now(UTC),
        school_id=school.id,
        code=school.code,
        name=school.name,
        payment_prefix=school.payment_prefix,
        revisions=revisions(connection),
        tables=tuple(parts),
        books=whole.books,
        balances=whole.balances,
        head=whole.head,
        files=files,
        accounts_sha256=hashlib.sha256(people).hexdigest(),
    )
    archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def revisions(connection: Connection) -> dict[str, str]:
    """How far each chain of migrations has come."""
    found = {}
    for name in connection.execute(_VERSIONS).scalars().all():
        number = connection.exec_driver_sql(f'SELECT version_num FROM "{name}"').scalar_one_or_none()  # noqa: S608
        found[name.removesuffix("_version")] = str(number)
    return found


def whole_of(connection: Connection, school_id: UUID) -> Whole:
    """Books and chain of a school in figures."""
    values = {"school": school_id}
    head = connection.execute(_HEAD, values).one_or_none()
    return Whole(
        books={str(account): int(total) for account, total in connection.execute(_BOOKS, values)},
        balances=str(connection.execute(_BALANCES, values).scalar_one()),
        head=(head[0], head[1]) if head else (0, ""),
    )


def read_table(
    connection: Connection, table: Table, school_id: UUID, write: Callable[[bytes], object]
) -> tuple[int, str]:
    """Rows of a school in PostgreSQL's COPY text, always in the same order; secrets are left out.

    Returns:
        number of rows, and SHA-256 of what was written.
    """
    columns = sql.SQL(", ").join(_expression(table.name, column) for column in table.columns)
    order = _order(connection, table.name)
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} = {}{} ORDER BY {}) TO STDOUT").format(
        columns,
        sql.Identifier(table.name),
        sql.Identifier(table.key),
        sql.Literal(school_id),
        sql.SQL(_OPEN_SETTINGS if table.name == "core_setting" else ""),
        sql.SQL(", ").join(sql.Identifier(column) for column in order),
    )
    digest = hashlib.sha256()
    with driver(connection).cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute("SET LOCAL DateStyle = 'ISO'")
        with cursor.copy(query) as copy:
            for block in copy:
                digest.update(block)
                write(bytes(block))
        return cursor.rowcount, digest.hexdigest()


_OPEN_SETTINGS = (
    r" AND NOT (jsonb_typeof(value) = 'string' AND value #>> '{}' ~ '^v1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_=-]+$')"
)
"""Without the values that are sealed with keys of the installation."""


def _expression(table: str, column: str) -> sql.Composable:
    """A column as it travels: what is sealed with keys of the installation, or names its tree, is left empty."""
    model = Base.metadata.tables.get(table)
    found = model.c.get(column) if model is not None else None
    if table == "core_school" and column == "organisation_id":
        return sql.SQL("NULL::uuid")
    if table == "core_payment_channel" and column == "enabled":
        return sql.SQL("enabled AND secrets = ''")  # a rail whose secrets stay behind waits until they are given anew
    if found is not None and "sealed" in found.info and table != "core_setting":
        return sql.SQL("NULL") if found.nullable else sql.SQL("''")
    return sql.Identifier(column)


def _order(connection: Connection, table: str) -> list[str]:
    """The columns of the primary key; a counter keeps the order in which rows came."""
    found = connection.execute(
        text(
            "SELECT a.attname FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
            " WHERE i.indisprimary AND i.indrelid = CAST(:table AS regclass) ORDER BY k.place"
        ),
        {"table": table},
    )
    return [str(name) for name in found.scalars()]


def _copy(connection: Connection, table: Table, school_id: UUID, out: BinaryIO) -> Part:
    rows, sha256 = read_table(connection, table, school_id, out.write)
    return Part(table.name, table.columns, rows, sha256)


def driver(connection: Connection) -> psycopg.Connection[TupleRow]:
    """psycopg's own connection below."""
    return cast("psycopg.Connection[TupleRow]", connection.connection.driver_connection)


def _document(archive: zipfile.ZipFile, sha256: str, open_file: Callable[[str], BinaryIO]) -> None:
    digest = hashlib.sha256()
    try:
        source = open_file(sha256)
    except FileNotFoundError as error:
        raise ArchiveFault(f"the document {sha256} is missing in the store") from error
    with source, archive.open(f"objects/{sha256}", "w", force_zip64=True) as out:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != sha256:
        raise ArchiveFault(f"the document {sha256} was changed in the store")
