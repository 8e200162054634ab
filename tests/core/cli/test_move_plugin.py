"""A school on its way with the tables of a vendor's plugin: the canteen of the tutorial, by its own migrations."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from core import audit
from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database
from core.data.types import new_id
from core.files.stores import LocalStore
from core.kernel.migrations import Chain, upgrade
from core.moving.archive import ArchiveFault, pack
from core.moving.arrival import Arrived, receive
from core.moving.facts import looking_at
from core.types.actor import Actor

from .conftest import ROOT

CANTEEN = Chain("canteen", ROOT / "docs" / "tutorial" / "canteen" / "truong_canteen" / "migrations" / "versions")
_COOK = text(
    "INSERT INTO canteen_meal (id, school_id, day, dish, price, created_at, updated_at)"
    " VALUES (:id, :school, '2026-11-23', 'Cơm gà', 30000, now(), now())"
)


def install(db: Database, server: str, chain: Chain = CANTEEN) -> None:
    engine = create_engine(database_url(server, db.engine.url.database or "", "truong_owner"))
    with engine.begin() as connection:
        upgrade(connection, chain)
    engine.dispose()


@pytest.fixture
def there(server: str, template: str, db: Database) -> Iterator[Database]:
    """Another installation, empty."""
    name = f"{db.engine.url.database}_there"
    create_database(server, name, template=template)
    database = Database(database_url(server, name, "truong_app"), pool_size=2)
    yield database
    database.close()
    drop_database(server, name)


@pytest.fixture
def cooking(db: Database, server: str, school: UUID, system: Actor) -> UUID:
    """A school that cooks, at an installation with the plugin."""
    install(db, server)
    with db.context(system, school) as ctx:
        ctx.session.execute(_COOK, {"id": new_id(), "school": school})
    return school


@contextmanager
def packed(db: Database, server: str, system: Actor, code: str, folder: Path) -> Iterator[Path]:
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("DELETE FROM core_job"))
        while audit.link(ctx, wait=True):
            pass
    archive = folder / f"{code}.zip"
    with looking_at(database_url(server, db.engine.url.database or "", "postgres")) as connection:
        pack(connection, code, archive, open_file=LocalStore(folder / "from").open, version="1")
    yield archive
    archive.unlink()


def bring(there: Database, server: str, archive: Path) -> Arrived:
    owner = database_url(server, there.engine.url.database or "", "truong_owner")
    return receive(archive, owner_url=owner, store=LocalStore(archive.parent / "to"))


def test_the_tables_of_a_plugin_travel_where_it_is_installed_too(
    cooking: UUID, db: Database, there: Database, server: str, system: Actor, tmp_path: Path
) -> None:
    with packed(db, server, system, "HOAPHUONG", tmp_path) as archive:
        with pytest.raises(ArchiveFault, match="data in the plugin canteen, which is not installed here"):
            bring(there, server, archive)
        with there.all_schools(system) as ctx:
            assert ctx.session.scalar(text("SELECT count(*) FROM core_school")) == 0, "nothing of it is there"
        install(there, server)
        assert bring(there, server, archive).school_id == cooking
    with there.context(system, cooking) as ctx:
        assert ctx.session.execute(text("SELECT dish, price FROM canteen_meal")).all() == [("Cơm gà", 30000)]


def test_another_version_of_the_plugin_is_refused(
    cooking: UUID, db: Database, there: Database, server: str, system: Actor, tmp_path: Path
) -> None:
    newer = Chain("canteen", tmp_path / "versions")
    shutil.copytree(CANTEEN.versions, newer.versions)
    (newer.versions / "0002_more.py").write_text(
        'from alembic import op\nrevision, down_revision = "0002", "0001"\nbranch_labels = depends_on = None\n'
        'def upgrade() -> None:\n    op.execute("ALTER TABLE canteen_meal ADD COLUMN note text")\n'
    )
    install(there, server, newer)
    with (
        packed(db, server, system, "HOAPHUONG", tmp_path) as archive,
        pytest.raises(ArchiveFault, match="canteen is at 0002 here and at 0001 in the archive"),
    ):
        bring(there, server, archive)


def test_a_school_that_never_used_the_plugin_goes_anywhere(
    cooking: UUID, other_school: UUID, db: Database, there: Database, server: str, system: Actor, tmp_path: Path
) -> None:
    with packed(db, server, system, "CANHDIEU", tmp_path) as archive:
        assert bring(there, server, archive).school_id == other_school
