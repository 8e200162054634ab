"""A backup that proves itself: the database at one moment, every document by its digest, and a manifest over all.

    FOLDER/objects/ab/cd/abcd...      documents, shared by all backups in the folder
    FOLDER/20261122T130501Z/          one backup: database.dump, manifest.json, with --with-keys also secret.key

A backup is written under another name and renamed at the end: what was interrupted never looks like one. Counts and
heads come from the very snapshot that pg_dump reads. Keys stay out unless asked for: whoever has backup and keys has
every secret of the installation.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlalchemy import Connection, create_engine, text

from core.data.tools import run_tool

PARTIAL = ".partial-"
DUMP, MANIFEST, KEYS, OBJECTS = "database.dump", "manifest.json", "secret.key", "objects"
CHUNK = 1 << 20
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
_FILES = text("SELECT sha256, max(size) AS size FROM core_file GROUP BY sha256 ORDER BY sha256")
_HEADS = text("SELECT CAST(chain AS text) AS chain, seq, encode(hash, 'hex') AS hash FROM core_audit_head ORDER BY 1")


class BackupFault(Exception):
    """A backup cannot be made, or is not what its manifest says; the text names what."""


class Head(msgspec.Struct, frozen=True):
    """The end of one chain of the record of changes."""

    chain: str
    seq: int
    hash: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in a backup."""

    version: str
    """Of the program that made it."""
    made_at: datetime
    dump_sha256: str
    tables: dict[str, int]
    """Rows of every table."""
    heads: list[Head]
    files: dict[str, int]
    """Digest of each document and its size."""
    keys: list[str]
    """Names of the keys that its secrets are sealed with, newest first; they tell nothing about the keys."""


def make(
    folder: Path,
    *,
    dump_url: str,
    open_file: Callable[[str], BinaryIO],
    version: str,
    key_names: Sequence[str],
    key_file: Path | None = None,
) -> Path:
    """Make a backup in `folder`; returns its own folder.

    Args:
        dump_url: of who may read all rows, straight to the server.
        open_file: opens a document by its digest.
        key_file: copied too, when keys are wanted inside.

    Raises:
        BackupFault: when another backup is running there, or a document is missing or changed.
        ToolFailed: when pg_dump fails.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        for left in folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)  # of a run that was interrupted
        made_at = datetime.now(UTC)
        name = f"{made_at:%Y%m%dT%H%M%S}{made_at.microsecond // 1000:03d}Z"
        draft = folder / (PARTIAL + name)
        draft.mkdir(mode=0o700)
        with _snapshot(dump_url) as (connection, snapshot):
            dump = f"--file={draft / DUMP}"
            run_tool("pg_dump", "--format=custom", "--no-comments", f"--snapshot={snapshot}", dump, url=dump_url)
            tables = _counts(connection)
            heads = [Head(row.chain, row.seq, row.hash) for row in connection.execute(_HEADS)]
            files = {str(row.sha256): int(row.size) for row in connection.execute(_FILES)}
        for sha256 in files:
            _keep(folder / OBJECTS, sha256, open_file)
        if key_file is not None:
            shutil.copyfile(key_file, draft / KEYS)
            (draft / KEYS).chmod(0o600)
        found = Manifest(version, made_at, digest_of(draft / DUMP), tables, heads, files, list(key_names))
        (draft / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1))
        for file in draft.iterdir():
            _sync(file)
        _sync(draft)
        draft.rename(folder / name)
        _sync(folder)
        return folder / name


def backups(folder: Path) -> list[Path]:
    """Finished backups in a folder, the oldest first."""
    return sorted(path for path in folder.glob("[0-9]*Z") if (path / MANIFEST).is_file())


def latest(folder: Path) -> Path:
    """The backup itself, or the newest one in the folder. Raises `BackupFault` when there is none."""
    if (folder / MANIFEST).is_file() and not folder.name.startswith(PARTIAL):
        return folder
    found = backups(folder)
    if not found:
        raise BackupFault(f"there is no finished backup in {folder.name}")
    return found[-1]


def read(backup: Path) -> Manifest:
    """The manifest of a backup whose dump and documents are all there and unchanged.

    Raises:
        BackupFault: names the first thing that is not.
    """
    if backup.name.startswith(PARTIAL):
        raise BackupFault("this backup was interrupted and is not complete")
    try:
        found = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupFault("the manifest is missing or damaged") from error
    if not (backup / DUMP).is_file() or digest_of(backup / DUMP) != found.dump_sha256:
        raise BackupFault("the copy of the database is missing or changed")
    for sha256, size in found.files.items():
        path = object_path(backup.parent / OBJECTS, sha256)
        if not path.is_file() or path.stat().st_size != size or digest_of(path) != sha256:
            raise BackupFault(f"the document {sha256} is missing or changed")
    return found


def object_path(objects: Path, sha256: str) -> Path:
    """Where a document lies below `objects`."""
    return objects / sha256[:2] / sha256[2:4] / sha256


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time; the lock goes with the process, however that ends."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupFault("another backup is running in this folder") from error
        yield


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[Connection, str]]:
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            yield connection, str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
    finally:
        engine.dispose()


def _counts(connection: Connection) -> dict[str, int]:
    names = connection.execute(_TABLES).scalars().all()
    return {n: connection.exec_driver_sql(f'SELECT count(*) FROM "{n}"').scalar_one() for n in names}  # noqa: S608


def _keep(objects: Path, sha256: str, open_file: Callable[[str], BinaryIO]) -> None:
    """Copy one document that is not there yet; only whole and right ones get their name."""
    path = object_path(objects, sha256)
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft, digest = path.with_name(f".{sha256}.{os.getpid()}"), hashlib.sha256()
    try:
        source = open_file(sha256)
    except FileNotFoundError as error:
        raise BackupFault(f"the document {sha256} is missing in the store") from error
    with source, draft.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if digest.hexdigest() != sha256:
        draft.unlink()
        raise BackupFault(f"the document {sha256} was changed in the store")
    draft.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
