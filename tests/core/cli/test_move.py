"""An installation on its way to another server, and a school on its way to another installation, with real data."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core import audit
from core.cli.demo.schools import SCHOOLS, make_school
from core.data.ddl import PREPARE_DATABASE
from core.data.embedded import create_database, database_url, drop_database, start_embedded
from core.data.session import Database
from core.files import service as files
from core.files.stores import LocalStore
from core.identity.accounts import create_account
from core.kernel.registry import Registry
from core.moving import archive as archives
from core.moving.archive import ArchiveFault, pack
from core.moving.arrival import Arrived, receive
from core.moving.database import MOVED, MoveFault, give_over, move
from core.moving.facts import Facts, differences, facts_of, looking_at
from core.moving.plan import STAYS, leavings, tables
from core.payments import ledger
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.web.app import bind

pytestmark = pytest.mark.xdist_group("move")  # one process: what they share takes a while

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
ACTOR = system_actor("test")


@dataclass(frozen=True, slots=True)
class Home:
    """An installation with one small school and three months of its money."""

    server: str
    name: str
    school: UUID
    store: LocalStore

    def url(self, role: str) -> str:
        return database_url(self.server, self.name, role)


@pytest.fixture(scope="module")
def home(server: str, template: str, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    name, var = "test_move", tmp_path_factory.mktemp("home")
    create_database(server, name, template=template)
    db = Database(database_url(server, name, "truong_app"), pool_size=2)
    bind(
        InstanceSettings(
            secret_keys=("for-tests-only-" * 4,), var=var, base_url="http://localhost", secure_cookies=False
        ),
        registry,
    )
    school = make_school(db, registry, {**SCHOOLS[0], "pupils": 28}, first=True, clock=lambda: NOW)
    store = LocalStore(var / "files")
    with db.context(ACTOR, school, clock=lambda: NOW) as ctx:
        files.store(ctx, b"a document", name="quyet-dinh.txt", media_type="text/plain", purpose="test.x")
        ledger.close_period(ctx, "2026")
        ctx.session.execute(text("DELETE FROM core_job"))
    with db.all_schools(ACTOR) as ctx:
        while audit.link(ctx, wait=True):
            pass
    db.close()
    yield Home(server, name, school, store)
    drop_database(server, name)


def _facts(url: str) -> Facts:
    with looking_at(url) as connection:
        return facts_of(connection)


@pytest.fixture(scope="module")
def far() -> Iterator[str]:
    """Another PostgreSQL server, a process of its own, as an operator has prepared it."""
    with tempfile.TemporaryDirectory(prefix="truong-far-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = start_embedded(Path(folder) / "data", keep_running=False)
        create_database(server, "truong")
        with psycopg.connect(server, dbname="truong", autocommit=True) as connection:
            for statement in PREPARE_DATABASE:
                connection.execute(statement.encode())
        yield server


def test_an_installation_moves_to_another_server_and_is_proved_equal(home: Home, far: str, tmp_path: Path) -> None:
    there = {role: database_url(far, "truong", f"truong_{role}") for role in ("owner", "app")}
    source, before = home.url("postgres"), _facts(home.url("postgres"))
    arguments = {"owner_url": there["owner"], "app_url": there["app"], "open_file": home.store.open}
    busy = create_engine(home.url("truong_app"))
    with busy.connect(), pytest.raises(MoveFault, match="stop web and worker"):
        move(source, **arguments)  # type: ignore[arg-type]
    busy.dispose()
    with pytest.raises(MoveFault, match="same database"):
        move(source, **{**arguments, "owner_url": home.url("truong_owner")})  # type: ignore[arg-type]
    proof = move(source, **arguments)  # type: ignore[arg-type]
    assert proof.faults == []
    assert (proof.rows, proof.schools, proof.files) == (before.total, 1, len(before.files))
    assert proof.entries > 10
    assert proof.files > 1
    assert differences(before, _facts(home.url("postgres"))) == [], "the old one is untouched"
    with pytest.raises(MoveFault, match="not empty"):
        move(source, **arguments)  # type: ignore[arg-type]
    with psycopg.connect(far, dbname="truong") as connection:
        connection.execute("UPDATE core_person SET email = 'x' WHERE id = (SELECT id FROM core_person LIMIT 1)")
    found = differences(before, _facts(there["owner"]))
    assert [line.partition(":")[0] for line in found if "core_audit" not in line] == ["content of core_person"]


def test_the_old_database_refuses_to_be_written_and_says_where_it_went(
    server: str, template: str, tmp_path: Path
) -> None:
    name = "test_give_over"
    create_database(server, name, template=template)
    give_over(
        database_url(server, name, "postgres"), tmp_path, "postgresql+psycopg://truong_app:secret@db.example/truong"
    )
    assert "db.example" in (tmp_path / MOVED).read_text()
    assert "secret" not in (tmp_path / MOVED).read_text()
    engine = create_engine(database_url(server, name, "truong_app"))
    with pytest.raises(SQLAlchemyError, match="read-only"), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM core_school")
    engine.dispose()
    drop_database(server, name)


@pytest.fixture(scope="module")
def packed(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("packed") / "HOAPHUONG.truong.zip"
    with looking_at(home.url("postgres")) as connection:
        pack(connection, "HOAPHUONG", target, open_file=home.store.open, version="1")
    return target


@pytest.fixture
def receiving(db: Database, server: str, other_school: UUID, tmp_path: Path) -> LocalStore:
    """Another installation with a school of its own."""
    return LocalStore(tmp_path / "files")


def _receive(db: Database, path: Path, server: str, store: LocalStore) -> Arrived:
    owner = database_url(server, db.engine.url.database or "", "truong_owner")
    return receive(path, owner_url=owner, store=store)


def test_every_table_of_a_school_travels_or_says_why_not(home: Home) -> None:
    with looking_at(home.url("postgres")) as connection:
        assert leavings(connection) == set()
        names = [table.name for table in tables(connection)]
    assert names.index("core_person") < names.index("learners_learner") < names.index("learners_enrolment")
    assert names.index("core_journal_entry") < names.index("core_posting")
    assert not STAYS.keys() & set(names)


def test_a_school_arrives_with_books_and_chain(
    home: Home, packed: Path, db: Database, server: str, receiving: LocalStore, other_school: UUID
) -> None:
    with db.all_schools(ACTOR) as ctx:
        taken = create_account(ctx, "ketoan", "Một người khác")
    arrived = _receive(db, packed, server, receiving)
    assert (arrived.school_id, arrived.name) == (home.school, SCHOOLS[0]["name"])
    assert arrived.files > 1
    assert arrived.rows > 500
    assert {person.login for person in arrived.left_out} == {"ketoan"}
    assert {"vanphong", "hieutruong", "phuhuynh"} <= {person.login for person in arrived.invite}
    with db.context(ACTOR, home.school) as ctx:
        assert ledger.verify(ctx) == []
        assert [report.ok for report in audit.verify(ctx)] == [True]
        assert (
            ctx.session.execute(text("SELECT count(*) FROM core_audit WHERE action = 'school.arrived'")).scalar_one()
            == 1
        )
        states = (
            ctx.session.execute(text("SELECT state FROM core_accounting_period ORDER BY closed_at")).scalars().all()
        )
        assert states == ["closed", "open"]
        channels = ctx.session.execute(text("SELECT provider, enabled, secrets FROM core_payment_channel")).all()
        assert {row.provider: row.enabled for row in channels} == {
            "vietqr": True,
            "vnpay": False,
            "bank_notices": False,
            "momo": False,
            "zalopay": False,
        }
        assert {row.secrets for row in channels} == {""}
        file = ctx.session.execute(text("SELECT sha256 FROM core_file WHERE name = 'quyet-dinh.txt'")).scalar_one()
    with receiving.open(file) as stream:
        assert stream.read() == b"a document"
    with db.all_schools(ACTOR) as ctx:
        secret = ctx.session.execute(
            text("SELECT count(*) FROM core_account WHERE password_hash IS NOT NULL")
        ).scalar_one()
        roles = ctx.session.execute(text("SELECT role FROM core_grant WHERE account_id = :id"), {"id": taken}).all()
    assert (secret, roles) == (0, []), "no password travels, and nobody is taken for somebody else"
    with pytest.raises(ArchiveFault, match="here already"):
        _receive(db, packed, server, receiving)


def test_nothing_secret_is_in_the_archive(packed: Path) -> None:
    assert packed.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(packed) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        names = archive.namelist()
    assert b"$argon2" not in content
    assert b"v1." not in content, "sealed texts begin so"
    assert not [name for name in names if name.endswith(("core_session", "core_totp", "core_passkey", "core_job"))]


def _changed(packed: Path, target: Path, part: str, change: tuple[bytes, bytes]) -> Path:
    """A copy of the archive in which one part is another one."""
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(*change) if name.endswith(part) else content)
    return target


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("core_person", (b"0900", b"0911"), "core_person was changed"),
        ("accounts.json", (b"vanphong", b"vanphonk"), "accounts were changed"),
        ("manifest.json", (b'"learners": "', b'"learners": "x'), "same versions"),
        ("manifest.json", (b'"format": 1', b'"format": 2'), "format"),
        ("manifest.json", (b'"balances": "', b'"balances": "x'), "books"),
    ],
)
def test_an_archive_that_was_changed_leaves_nothing(
    home: Home,
    packed: Path,
    db: Database,
    server: str,
    receiving: LocalStore,
    tmp_path: Path,
    part: str,
    change: tuple[bytes, bytes],
    message: str,
) -> None:
    changed = _changed(packed, tmp_path / "changed.zip", part, change)
    with pytest.raises(ArchiveFault, match=message):
        _receive(db, changed, server, receiving)
    with db.all_schools(ACTOR) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM core_school")).scalar_one() == 1
        assert ctx.session.execute(text("SELECT count(*) FROM core_person")).scalar_one() == 0


def test_a_school_with_work_under_way_is_not_packed(home: Home, tmp_path: Path) -> None:
    with looking_at(home.url("postgres")) as connection:
        connection.exec_driver_sql(
            "INSERT INTO core_job (id, school_id, task, actor) VALUES (uuidv7(), %(school)s, 'x', '{}')",
            {"school": home.school},
        )
        with pytest.raises(ArchiveFault, match="jobs of this school"):
            pack(connection, "HOAPHUONG", tmp_path / "x.zip", open_file=home.store.open, version="1")
        connection.rollback()
    with looking_at(home.url("postgres")) as connection, pytest.raises(ArchiveFault, match="no school"):
        pack(connection, "NOBODY", tmp_path / "x.zip", open_file=home.store.open, version="1")
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_can_be_read_by_people(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        manifest = msgspec.json.decode(archive.read(archives.MANIFEST), type=archives.Manifest)
    assert manifest.code == "HOAPHUONG"
    assert manifest.revisions.keys() >= {"core", "learners", "finance"}
    assert sum(manifest.books.values()) == 0
