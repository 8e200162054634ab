"""The command of an operator: the plan without a change, then the same list taken over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from click.testing import CliRunner
from sqlalchemy import text

from core.data.context import Context
from core.data.session import Database
from core.types.actor import Actor
from plugins.learners.cli import import_list

FILE = "learners-primary.csv"


class World:
    """A console whose only school is the test's."""

    def __init__(self, db: Database, school: UUID, actor: Actor) -> None:
        self._place = db, school, actor

    @contextmanager
    def inside(self, school: str) -> Iterator[Context]:
        assert school == "HOAPHUONG"
        db, school_id, actor = self._place
        with db.context(actor, school_id) as ctx:
            yield ctx


def test_a_list_is_planned_and_with_confirm_taken_over(db: Database, school: UUID, system: Actor, shared: Path) -> None:
    path, world = str(shared / "data" / FILE), World(db, school, system)
    planned = CliRunner().invoke(import_list, [path, "--school", "HOAPHUONG"], obj=world)
    assert planned.exit_code == 0
    assert "785 new, 0 changed, 0 unchanged, 19 refused" in planned.output
    with db.context(system, school) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM learners_learner")).scalar_one() == 0
    done = CliRunner().invoke(import_list, [path, "--school", "HOAPHUONG", "--confirm"], obj=world)
    assert "Taken over: 785 new" in done.output
    with db.context(system, school) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM learners_learner")).scalar_one() == 785


def test_a_file_that_is_no_list_is_said_plainly(db: Database, school: UUID, system: Actor, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not really")
    said = CliRunner().invoke(import_list, [str(broken), "--school", "HOAPHUONG"], obj=World(db, school, system))
    assert said.exit_code == 1
    assert said.output.startswith("Error: ")
