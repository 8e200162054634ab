"""Vendors' wheels, really installed: seen, judged, switched on, rehearsed, taken out and erased."""

from __future__ import annotations

import re
import shutil
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from core.data.embedded import database_url
from core.data.session import Database

from .conftest import Installation

MANIFEST = """
from core.sdk import Manifest, Permission, RoleGrant, NavItem, _, hookimpl
manifest = Manifest(name="canteen", version="{version}", label=_("Canteen"), requires_api=">=0.1",
                    data_classes=("identity", "health"), security_contact="security@canteen.example")

class Plugin:
    @hookimpl
    def provide_permissions(self):
        return [Permission("canteen.menu.read", _("See menus"))]

    @hookimpl
    def provide_roles(self):
        return [RoleGrant("head", frozenset({{"canteen.menu.read"}}))]
"""
FIRST = """
import sqlalchemy as sa
from alembic import op
from core.sdk.migrations import school_rights
revision, down_revision, branch_labels, depends_on = "0001", None, None, None

def upgrade():
    op.create_table("canteen_meal", sa.Column("id", sa.Uuid(), primary_key=True),
                    sa.Column("school_id", sa.Uuid(), sa.ForeignKey("core_school.id"), nullable=False),
                    sa.Column("name", sa.Text(), nullable=False))
    for statement in school_rights("canteen_meal"):
        op.execute(statement)

def downgrade():
    op.drop_table("canteen_meal")
"""
SECOND = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None

def upgrade():
    op.execute("ALTER TABLE canteen_meal ADD COLUMN price bigint NOT NULL DEFAULT 0")

def downgrade():
    {down}
"""
TABLES = {"__init__.py": MANIFEST.format(version="1.0"), "migrations/versions/0001_meals.py": FIRST}


def _state(said: str, name: str = "canteen") -> str:
    line = next(line for line in said.splitlines() if line.startswith(name))
    return " ".join(line.split()[2:])


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_wheel_lives_from_installation_to_purge(
    installation: Installation, db: Database, school: UUID, other_school: UUID, server: str
) -> None:
    installation.install(installation.build("canteen", TABLES))
    assert "migration_pending" in installation.truong(
        "plugin", "enable", "canteen", "--school", "HOAPHUONG", fails=True
    )

    assert "Migrated: canteen" in installation.truong("db", "upgrade")
    info = installation.truong("plugin", "info", "canteen")
    assert re.search(r"^state: +ok$", info, re.MULTILINE)
    assert "health (Health checks, visits, disability, allergies; sensitive)" in info
    assert "canteen_meal" not in info  # the table has no model here; the migration alone made it
    assert "canteen" in installation.truong("hooks", "--trace", "--hook", "provide_permissions")

    assert "Switched on" in installation.truong("plugin", "enable", "canteen", "--school", "HOAPHUONG")
    with db.engine.begin() as connection:
        on = connection.execute(text("SELECT code FROM core_school WHERE 'canteen' = ANY(modules)")).scalars().all()
    assert on == ["HOAPHUONG"]
    _add_meals(db, school, 3)
    assert "still on" in installation.truong("plugin", "purge", "canteen", "--yes", fails=True)

    installation.truong("plugin", "disable", "canteen", "--school", "HOAPHUONG")
    shutil.rmtree(installation.site)  # the package is gone, its data is not
    said = installation.truong("plugin", "purge", "canteen", "--yes")
    assert "canteen: 3 rows in 1 tables erased." in said
    engine = create_engine(database_url(server, db.engine.url.database or "", "truong_owner"))
    with engine.connect() as connection:
        left = connection.execute(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'canteen%'")).all()
    engine.dispose()
    assert left == []
    assert "unbroken" in installation.truong("audit", "verify")


def _add_meals(db: Database, school: UUID, count: int) -> None:
    from core.types.actor import system_actor

    with db.context(system_actor("test"), school) as ctx:
        ctx.session.execute(
            text("INSERT INTO canteen_meal SELECT uuidv7(), :school, 'Phở' FROM generate_series(1, :n)"),
            {"school": school, "n": count},
        )


BROKEN = {
    "unlicensed": ("raise RuntimeError('no licence file')", "import_failed", "no licence file"),
    "liar": (
        MANIFEST.replace("canteen.menu.read", "finance.bill.read").replace("canteen", "liar"),
        "invalid_manifest",
        "finance.bill.read",
    ),
    "future": (MANIFEST.replace("canteen", "future").replace(">=0.1", ">=9"), "incompatible_api", ">=9"),
    "crasher": (
        MANIFEST.replace("canteen", "crasher").replace("return [Permission", "return 1 / 0, [Permission"),
        "invalid_manifest",
        "ZeroDivisionError",
    ),
    "lost": (
        MANIFEST.replace("canteen", "lost")
        + "\n    @hookimpl\n    def provide_nav(self):\n"
        + "        return [NavItem(_('M'), 'lost.gone', 'x', 'lost.menu.read')]\n",
        "route_failed",
        "lost.gone",
    ),
}


@pytest.mark.soak
def test_broken_wheels_are_quarantined_each_by_itself_and_the_rest_works(installation: Installation) -> None:
    for name, (source, *_expected) in BROKEN.items():
        installation.install(installation.build(name, {"__init__.py": source.format(version="1.0")}))
    wrong_table = FIRST.replace("canteen_meal", "meal")
    installation.install(installation.build("canteen", {**TABLES, "migrations/versions/0001_meals.py": wrong_table}))
    assert "does not begin with canteen_" in installation.truong("db", "upgrade", fails=True)
    said = installation.truong("plugin", "list")
    for name, (_source, state, words) in BROKEN.items():
        assert _state(said, name).startswith(state)
        assert words in _state(said, name)
    assert _state(said).startswith("migration_failed")
    assert {_state(said, name) for name in ("learners", "finance", "vnpay")} == {"ok"}
    found = installation.truong("doctor", fails=True)
    assert "6 findings" in found
    assert "lost: route_failed" in found


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_operator_keeps_a_plugin_from_loading(installation: Installation) -> None:
    installation.install(installation.build("canteen", {"__init__.py": MANIFEST.format(version="1.0")}))
    installation.truong("plugin", "disable", "canteen", fails=True)
    installation.truong("plugin", "disable", "canteen", "--reason", "slow since Monday")
    said = _state(installation.truong("plugin", "list"))
    assert said.startswith("blocked_by_operator")
    assert "slow since Monday" in said
    installation.truong("plugin", "enable", "canteen")
    assert _state(installation.truong("plugin", "list")) == "ok"


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_an_upgrade_is_rehearsed_on_a_copy(installation: Installation, db: Database, school: UUID, server: str) -> None:
    installation.install(installation.build("canteen", TABLES))
    installation.truong("db", "upgrade")
    _add_meals(db, school, 2)
    powerful = {"TRUONG_ADMIN_DATABASE_URL": database_url(server, db.engine.url.database or "", "postgres")}
    good = SECOND.format(down='op.execute("ALTER TABLE canteen_meal DROP COLUMN price")')
    newer = {**TABLES, "__init__.py": MANIFEST.format(version="1.1"), "migrations/versions/0002_price.py": good}
    wheel = installation.build("canteen", newer, version="1.1")
    said = installation.truong("plugin", "rehearse", "canteen", "--wheel", str(wheel), environment=powerful)
    assert [line.split()[0] for line in said.splitlines()[:4]] == ["copy", "up", "down", "up"]
    assert "went well" in said

    bad = SECOND.format(down="pass")
    wheel = installation.build("canteen", {**newer, "migrations/versions/0002_price.py": bad}, version="1.2")
    said = installation.truong("plugin", "rehearse", "canteen", "--wheel", str(wheel), fails=True, environment=powerful)
    assert "does not restore" in said
    with db.engine.connect() as connection:
        columns = connection.execute(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = 'canteen_meal'")
        ).scalars()
        assert "price" not in set(columns)
        copies = connection.execute(text("SELECT datname FROM pg_database WHERE datname LIKE '%rehearsal%'")).all()
    assert copies == []
