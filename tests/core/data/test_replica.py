"""Reports on a real streaming replica: read there, walled there, refused to write there, on the primary without it."""

from __future__ import annotations

import logging
import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from core.data import replica as door
from core.data.embedded import create_database, database_url, start_embedded
from core.data.replica import Replica, reading
from core.data.session import Database
from core.data.tools import run_tool, tool
from core.kernel.registry import Registry
from core.school.models import School
from core.sdk.testing.fixtures import SECRET, _in_memory, prepare
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web.app import create_app
from plugins.learners.services.classes import create_class
from tests.conftest import make_school, signed_in

_FAR = text("SELECT pg_is_in_recovery()")
NAME = "main"


@dataclass
class Pair:
    """A primary and the replica that follows it."""

    primary: str
    replica: str
    folder: Path

    def catch_up(self) -> None:
        with psycopg.connect(self.primary) as near, psycopg.connect(self.replica, autocommit=True) as far:
            (place,) = near.execute("SELECT pg_current_wal_lsn()").fetchone() or ("",)
            _wait(lambda: far.execute("SELECT pg_last_wal_replay_lsn() >= %s", (place,)).fetchone() == (True,))

    def on_replica(self, statement: str) -> None:
        with psycopg.connect(self.replica, autocommit=True) as far:
            far.execute(statement.encode())

    def stop(self) -> None:
        _stop(self.folder)

    def start(self) -> None:
        user = "embedded_postgres" if os.geteuid() == 0 else None
        how = ["-w", "-s", "-D", str(self.folder), "-l", str(self.folder / "log"), "-o", f"-h '' -k {self.folder}"]
        subprocess.run([tool("pg_ctl"), *how, "start"], check=True, user=user, timeout=60)


def _stop(folder: Path) -> None:
    sign = folder / "postmaster.pid"
    os.kill(int(sign.read_text().split()[0]), signal.SIGINT)
    _wait(lambda: not sign.exists())


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not done():
        assert time.monotonic() < until, "waited in vain"


def _own(folder: Path) -> None:
    """The embedded server does not run as root; what root copied must be its user's."""
    if os.geteuid() == 0:
        user = pwd.getpwnam("embedded_postgres")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


@pytest.fixture(scope="module")
def pair(registry: Registry) -> Iterator[Pair]:
    with tempfile.TemporaryDirectory(prefix="truong-pair-", dir=_in_memory(), ignore_cleanup_errors=True) as root:
        Path(root).chmod(0o755)
        primary = start_embedded(Path(root) / "a", keep_running=False)
        with psycopg.connect(primary, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        create_database(primary, NAME)
        prepare(primary, NAME, registry)
        folder = Path(root) / "b"
        run_tool(
            "pg_basebackup", "-D", str(folder), "-R", "-c", "fast", "--no-sync",
            url=database_url(primary, "postgres", "postgres"),
        )  # fmt: skip
        (folder / ".s.PGSQL.5432.lock").unlink()  # the embedded server's socket lies among its data
        _own(folder)
        yield Pair(primary, start_embedded(folder, keep_running=False), folder)
        for each in (folder, Path(root) / "a"):
            _stop(each)


@pytest.fixture(scope="module")
def db(pair: Pair) -> Iterator[Database]:
    follower = Replica(database_url(pair.replica, NAME, "truong_app"), 30)
    found = Database(database_url(pair.primary, NAME, "truong_app"), replica=follower)
    yield found
    found.close()


@pytest.fixture(scope="module")
def school(db: Database, registry: Registry) -> UUID:
    return make_school(db, "HOAPHUONG", "Trường THCS Hoa Phượng", "lower_secondary", "TRH", registry.school_modules())


def _told(app: Flask) -> tuple[str, float, bool | None]:
    """What health says of the replica, what metrics say, and whether its lag is more than nothing."""
    app.extensions.pop("truong.metrics", None)  # what it has read counts for ten seconds
    client = app.test_client()
    health = client.get("/health/ready")
    assert health.status_code == 200, "pages serve without it"
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[:1] != "#")
    lag = lines.get("truong_replica_lag_seconds")
    assert health.json is not None
    return health.json["replica"], float(lines["truong_replica_up"]), None if lag is None else float(lag) > 0


@pytest.mark.soak
def test_reports_live_on_the_replica(
    pair: Pair,
    db: Database,
    school: UUID,
    system: Actor,
    registry: Registry,
    var: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = make_school(db, "CANHDIEU", "Trường Tiểu học Cánh Diều", "primary", "TRG", registry.school_modules())
    for owner, name in ((school, "6A"), (other, "1B")):
        with db.context(system, owner) as ctx:
            create_class(ctx, name)
    pair.catch_up()

    with db.context(system, school) as ctx, reading(ctx) as far:
        assert far.session.scalar(_FAR) is True
        assert far.session.scalars(text("SELECT name FROM learners_class")).all() == ["6A"], "the wall stands there too"
        with pytest.raises(InternalError, match="read-only"):
            far.session.execute(text("UPDATE core_school SET name = 'x'"))
    with db.all_schools(system) as ctx, reading(ctx) as far:
        assert far.session.query(School).count() == 2, "and the system's role"

    settings = InstanceSettings(secret_keys=(SECRET,), var=var, base_url="http://localhost", secure_cookies=False)
    app = create_app(settings, db=db, registry=registry)
    head = signed_in(app, db, school, "head")
    pair.on_replica("SELECT pg_wal_replay_pause()")
    with db.context(system, school) as ctx:
        create_class(ctx, "6B")
    page = head.get("/reports/learners.classes").text
    assert "6A" in page
    assert "6B" not in page, "a little late, within the limit: so it was the replica that answered"
    assert "6B" in head.get("/learners/").text, "pages see what was just written"

    assert db.replica is not None
    assert _told(app) == ("ok", 1.0, True)
    monkeypatch.setattr(db.replica, "longest_lag", 0.0)
    assert "6B" in head.get("/reports/learners.classes").text, "too late: the primary answers"
    assert "0 s behind" in caplog.text
    assert _told(app) == ("late", 0.0, True)
    pair.on_replica("SELECT pg_wal_replay_resume()")
    pair.catch_up()
    # Nothing was written since, so however long ago that is, it is not late; what reading tidies up comes in a moment.
    _wait(lambda: _told(app) == ("ok", 1.0, False))
    with db.context(system, school) as ctx, reading(ctx) as far:
        assert far.session.scalar(_FAR) is True

    monkeypatch.setattr(db.replica, "longest_lag", 30.0)
    pair.stop()
    caplog.clear()
    for _ in range(2):
        assert "6B" in head.get("/reports/learners.classes").text
    assert [r.message for r in caplog.records if r.levelno == logging.WARNING] == [
        "the replica is not used, the primary serves reports: it does not answer"
    ], "asked once, then left alone for a while"
    assert _told(app) == ("down", 0.0, None)
    monkeypatch.setattr(door, "REST", 0.0)
    db.replica.rest()
    pair.start()
    with db.context(system, school) as ctx, reading(ctx) as far:
        assert far.session.scalar(_FAR) is True, "back again"


@pytest.mark.soak
def test_a_server_that_follows_nobody_is_no_replica(
    pair: Pair, system: Actor, school: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    url = database_url(pair.primary, NAME, "truong_app")
    wrong = Database(url, replica=Replica(url, 30))
    with wrong.context(system, school) as ctx, reading(ctx) as far:
        assert far is ctx
    assert "it follows no primary" in caplog.text
    wrong.close()
