"""Migrations of plugins: each in its own transaction, held to its own ground, a failure takes out nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, text

from core.data.ddl import PREPARE_DATABASE
from core.data.embedded import create_database, database_url, drop_database
from core.kernel import discovery
from core.kernel.registry import Registry, collect
from core.kernel.states import Loaded, PluginState
from core.kernel.upgrade import DatabaseBehind, blocked, judge, upgrade_all

PLUGIN = """
from core.sdk import Manifest, _
manifest = Manifest(name="{name}", version="1", label=_("x"), requires_api=">=0", requires={requires!r})
class Plugin:
    pass
"""
MIGRATION = """
import sqlalchemy as sa
from alembic import op
from core.sdk.migrations import school_rights
revision, down_revision, branch_labels, depends_on = "0001", None, None, None

def upgrade():
    {up}

def downgrade():
    op.drop_table("{name}_thing")
"""
GOOD = "op.create_table('{name}_thing', sa.Column('id', sa.Uuid(), primary_key=True))"
Make = Callable[..., Loaded]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def write(name: str, up: str = GOOD, requires: tuple[str, ...] = ()) -> Loaded:
        package = tmp_path / f"truong_{name}"
        versions = package / "migrations" / "versions"
        versions.mkdir(parents=True)
        (package / "__init__.py").write_text(PLUGIN.format(name=name, requires=requires))
        source = dedent(MIGRATION).replace("{up}", up).replace("{name}", name)
        (versions / "0001_first.py").write_text(source)
        made.append(package.name)
        return Loaded(name, package.name, builtin=False)

    yield write
    for name in made:
        sys.modules.pop(name, None)


@pytest.fixture
def owner(server: str) -> Iterator[Engine]:
    """An empty database, prepared, signed in as the owner."""
    name = "test_upgrade"
    create_database(server, name)
    powerful = create_engine(database_url(server, name, "postgres"))
    with powerful.begin() as connection:
        for statement in PREPARE_DATABASE:
            connection.exec_driver_sql(statement)
    powerful.dispose()
    engine = create_engine(database_url(server, name, "truong_owner"))
    yield engine
    engine.dispose()
    drop_database(server, name)


@pytest.fixture
def web(owner: Engine, server: str) -> Iterator[Engine]:
    engine = create_engine(database_url(server, "test_upgrade", "truong_app"))
    yield engine
    engine.dispose()


def _load(*plugins: Loaded) -> Registry:
    return collect(discovery.load(plugins, api_version="0.1.0"))


def _tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())


def test_nothing_runs_on_a_database_that_is_behind(owner: Engine, web: Engine, make: Make) -> None:
    registry = _load(make("good"))
    with pytest.raises(DatabaseBehind):
        judge(web, registry)
    assert blocked(web) == {}


def test_chains_move_once(owner: Engine, web: Engine, make: Make) -> None:
    registry = _load(make("good"))
    assert [(s.chain, s.moved, s.fault) for s in upgrade_all(owner, registry.plugins)] == [
        ("core", True, ""),
        ("good", True, ""),
    ]
    assert [s.moved for s in upgrade_all(owner, registry.plugins)] == [False, False]
    judge(web, registry)
    assert registry.school_modules() == {"good"}


@pytest.mark.parametrize(
    ("up", "words"),
    [
        ("raise RuntimeError('disk full')", "RuntimeError"),
        ("op.execute('CREATE TABLE bad_thing (id int); SELECT 1/0')", "DataError"),
        ("op.execute('CREATE TABLE core_extra (id int)')", "core_extra"),
        ("op.execute('CREATE TABLE bad_thing (id int, school_id uuid)')", "without row-level security"),
    ],
)
def test_a_migration_that_fails_changes_nothing_and_takes_out_only_its_plugin(
    owner: Engine, web: Engine, make: Make, up: str, words: str
) -> None:
    registry = _load(make("bad", up), make("child", requires=("bad",)), make("good"))
    steps = {s.chain: s for s in upgrade_all(owner, registry.plugins)}
    assert words in steps["bad"].fault
    assert "bad" in steps["child"].fault
    assert steps["good"].moved
    assert not {t for t in _tables(owner) if t.startswith(("bad_", "child_", "core_extra"))}
    judge(web, registry)
    bad = registry.plugin("bad")
    assert bad is not None
    assert (bad.state, bad.usable) == (PluginState.MIGRATION_FAILED, False)
    assert words in bad.diagnosis
    assert registry.school_modules() == {"good"}


def test_a_plugin_that_came_after_the_upgrade_waits_for_the_next(owner: Engine, web: Engine, make: Make) -> None:
    upgrade_all(owner, ())
    registry = _load(make("late"))
    judge(web, registry)
    late = registry.plugin("late")
    assert late is not None
    assert late.state is PluginState.MIGRATION_PENDING
    assert "truong db upgrade" in late.diagnosis


def test_two_upgrades_at_once_take_turns(owner: Engine, make: Make) -> None:
    registry = _load(make("good"))
    moved: list[int] = []
    threads = [
        Thread(target=lambda: moved.append(sum(s.moved for s in upgrade_all(owner, registry.plugins))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moved) == [0, 0, 2]
