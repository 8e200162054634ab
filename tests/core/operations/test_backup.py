"""Backups with the real tools: they prove themselves, notice what is wrong, and are whole or not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest

from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database
from core.files import service as files
from core.files.stores import LocalStore
from core.operations import backup
from core.operations.backup import BackupFault
from core.operations.proof import Proof
from core.operations.restore import restore, verify
from core.settings import keys
from core.types.actor import Actor

ROOT = Path(__file__).resolve().parents[3]


class Place:
    """An installation and the folder of its backups."""

    def __init__(self, server: str, db: Database, folder: Path) -> None:
        self.server, self.name = server, db.engine.url.database or ""
        self.store = LocalStore(folder / "files")
        self.folder = folder / "backups"

    def url(self, role: str, name: str = "") -> str:
        return database_url(self.server, name or self.name, role)

    def make(self) -> Path:
        names = keys().names()
        return backup.make(
            self.folder, dump_url=self.url("postgres"), open_file=self.store.open, version="1", key_names=names
        )

    def verify(self) -> Proof:
        owner, maker, app = (self.url(role) for role in ("truong_owner", "postgres", "truong_app"))
        return verify(self.folder, owner_url=owner, maker_url=maker, app_url=app)

    def databases(self) -> set[str]:
        with psycopg.connect(self.server) as connection:
            return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


@pytest.fixture
def place(server: str, db: Database, school: UUID, system: Actor, tmp_path: Path) -> Iterator[Place]:
    found = Place(server, db, tmp_path)
    files.bind(found.store)
    with db.context(system, school) as ctx:
        for n in range(3):
            files.store(ctx, b"document %d" % n, name=f"{n}.txt", media_type="text/plain", purpose="test.x")
        from core.audit import record

        record(ctx, "test.done", target=("school", school), detail={"n": 1})
    yield found


def test_a_backup_proves_itself_and_comes_back(place: Place, server: str, tmp_path: Path) -> None:
    made = place.make()
    assert {file.name for file in made.iterdir()} == {"database.dump", "manifest.json"}, "no keys inside"
    before = place.databases()
    proof = place.verify()
    assert (proof.faults, proof.files, proof.schools, proof.entries) == ([], 3, 1, 1)
    assert place.databases() == before, "the throw-away database is gone"
    manifest = backup.read(made)
    assert manifest.keys == list(keys().names())

    objects = {path: path.stat().st_mtime_ns for path in (place.folder / "objects").rglob("*") if path.is_file()}
    second = place.make()
    assert {p: p.stat().st_mtime_ns for p in (place.folder / "objects").rglob("*") if p.is_file()} == objects
    assert backup.latest(place.folder) == second
    assert backup.backups(place.folder) == [made, second]

    name = f"restored_{os.getpid()}"
    create_database(server, name)
    try:
        target = LocalStore(tmp_path / "elsewhere")
        owner, maker = place.url("truong_owner", name), place.url("postgres", name)
        restore(made, owner_url=owner, maker_url=maker, store=target)
        with target.open(next(iter(manifest.files))) as content:
            assert content.read().startswith(b"document ")
        database = Database(place.url("truong_app", name))
        with database.all_schools(Actor(kind="system", name="test")) as ctx:
            from core.school.models import School

            assert [row.code for row in ctx.session.query(School)] == ["HOAPHUONG"]
        database.close()
        with pytest.raises(BackupFault, match="not empty"):
            restore(made, owner_url=owner, maker_url=maker, store=target)
    finally:
        drop_database(server, name)


def test_what_is_wrong_is_named(place: Place) -> None:
    made = place.make()
    document = next(path for path in (place.folder / "objects").rglob("*") if path.is_file())
    content = document.read_bytes()
    document.write_bytes(content[:-1] + b"X")
    with pytest.raises(BackupFault, match=r"document .* changed"):
        backup.read(made)
    document.write_bytes(content)
    manifest = backup.read(made)
    fewer = msgspec.structs.replace(manifest, tables={**manifest.tables, "core_school": 2})
    (made / "manifest.json").write_bytes(msgspec.json.encode(fewer))
    assert place.verify().faults == ["table core_school has 1 rows, not 2"]
    other = [msgspec.structs.replace(head, hash="00" * 32, seq=1) for head in manifest.heads]
    heads = other or [backup.Head("00000000-0000-0000-0000-000000000000", 7, "00" * 32)]
    (made / "manifest.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(manifest, heads=heads)))
    assert "does not lead to its head" in place.verify().faults[0]
    (made / "database.dump").write_bytes((made / "database.dump").read_bytes()[:-10])
    with pytest.raises(BackupFault, match="copy of the database"):
        place.verify()


_SLOW = """
import sys, threading
from core.operations import backup
def slow(sha256):
    print("in the middle", flush=True)
    threading.Event().wait(60)
from pathlib import Path
backup.make(Path(sys.argv[1]), dump_url=sys.argv[2], open_file=slow, version="1", key_names=[])
"""


def test_kill_9_in_the_middle_leaves_nothing_that_looks_whole(place: Place) -> None:
    command = [sys.executable, "-c", _SLOW, str(place.folder), place.url("postgres")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle\n"
        with pytest.raises(BackupFault, match="another backup is running"):
            place.make()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    (half,) = place.folder.glob(".partial-*")
    assert (half / "database.dump").is_file()
    assert backup.backups(place.folder) == []
    with pytest.raises(BackupFault, match="no finished backup"):
        place.verify()
    with pytest.raises(BackupFault, match="interrupted"):
        backup.read(half)
    place.make()
    assert list(place.folder.glob(".partial-*")) == []
    assert place.verify().faults == []
