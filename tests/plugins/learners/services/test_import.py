"""The whole import on a real database: plan, confirm, repeat, change, undo."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import text

from core.data.context import Context
from core.data.session import Database
from core.types.actor import Actor
from core.types.errors import Conflict
from plugins.learners.services import classes, confirming, learners, planning, plans, undoing

THCS = "learners-thcs.xlsx"


def _count(ctx: Context, table: str) -> int:
    return int(ctx.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def _import(db: Database, system: Actor, school: UUID, content: bytes, name: str = THCS) -> UUID:
    with db.context(system, school) as ctx:
        return planning.start_import(ctx, name, content)


@pytest.fixture
def thcs(shared: Path) -> bytes:
    return (shared / "data" / THCS).read_bytes()


def test_plan_changes_nothing_and_confirm_takes_over(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    import_id = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        counts = plans.plan_counts(ctx, import_id)
        assert (counts["new"], counts["refused"], counts["check"], counts["all"]) == (1160, 25, 113, 1185)
        assert _count(ctx, "learners_learner") == _count(ctx, "core_person") == _count(ctx, "learners_class") == 0
    with db.context(system, school) as ctx:
        result = confirming.confirm_import(ctx, import_id)
        assert (result.new, result.changed, result.refused) == (1160, 0, 25)
    with db.context(system, school) as ctx:
        assert _count(ctx, "learners_learner") == 1160
        assert _count(ctx, "learners_enrolment") == 1160
        lines = classes.list_classes(ctx)
        assert len(lines) == 28
        assert sum(line.girls for line in lines) == 580
        assert {line.name: line.pupils for line in lines}["6A2"] == 41


def test_the_same_list_again_changes_nothing(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    first = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, first)
        persons = _count(ctx, "core_person")
    again = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        counts = plans.plan_counts(ctx, again)
        rows = plans.plan_rows(ctx, again, "changed")
        assert [(row.full_name, row.changes) for row in rows] == []
        assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 0, 1160)
        confirming.confirm_import(ctx, again)
        assert _count(ctx, "core_person") == persons


def test_siblings_share_their_parents(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    with db.context(system, school) as ctx:
        import_id = planning.start_import(ctx, THCS, thcs)
        confirming.confirm_import(ctx, import_id)
        batch = planning.get_import(ctx, import_id)
        siblings = batch.summary["groups"]["siblings"]
        assert len(siblings) == 63
        shared_parents = text(
            "SELECT count(*) FROM core_relation a JOIN core_relation b ON a.person_id = b.person_id"
            " AND a.related_id < b.related_id JOIN learners_import_row x ON x.learner_id = a.related_id"
            " JOIN learners_import_row y ON y.learner_id = b.related_id WHERE x.number = ANY(:g) AND y.number = ANY(:g)"
        )
        for group in siblings:
            assert ctx.session.execute(shared_parents, {"g": group}).scalar_one() >= 1, group


def test_a_changed_list_shows_what_changes(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, planning.start_import(ctx, THCS, thcs))
    book = openpyxl.load_workbook(io.BytesIO(thcs))
    sheet = book["Khối 6"]
    assert sheet["C8"].value == "Trần Lan An"
    sheet["H8"] = "6A2"
    sheet["O8"] = "0900012399"
    sheet["W9"] = None
    output = io.BytesIO()
    book.save(output)
    second = _import(db, system, school, output.getvalue())
    with db.context(system, school) as ctx:
        rows = plans.plan_rows(ctx, second, "changed")
        assert [row.full_name for row in rows] == ["Trần Lan An"]
        changed = {str(change.field): (change.before, change.after) for change in rows[0].changes}
        assert changed["Class"] == ("6A1", "6A2")
        assert changed["Father"][1]["sdt"] == ["+84900012399"]
        confirming.confirm_import(ctx, second)
        learner_id = rows[0].learner_id
        assert learner_id is not None
        value = learners.get_learner(ctx, learner_id).value
        assert value["lop"] == "6A2" and value["cha"]["sdt"] == ["+84900012399"]
        undoing.undo_import(ctx, second)
        value = learners.get_learner(ctx, learner_id).value
        assert value["lop"] == "6A1" and value["cha"]["sdt"] == ["+84900039161"]
        assert _count(ctx, "learners_enrolment") == 1160


def test_undo_leaves_nothing_behind(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    import_id = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, import_id)
    with db.context(system, school) as ctx:
        undoing.undo_import(ctx, import_id)
        for table in ("learners_learner", "core_person", "core_relation", "learners_enrolment", "learners_class"):
            assert _count(ctx, table) == 0, table
        with pytest.raises(Conflict):
            undoing.undo_import(ctx, import_id)


def test_undo_refuses_when_a_later_change_stands_on_it(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    import_id = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, import_id)
        line = learners.list_learners(ctx, query="tran lan an")[0]
        learners.update_learner(ctx, line.id, {"ghichu": "Đã chuyển"})
    with db.context(system, school) as ctx:
        with pytest.raises(Conflict) as caught:
            undoing.undo_import(ctx, import_id)
        assert "Trần Lan An" in str(caught.value.message)
        assert _count(ctx, "learners_learner") == 1160


def test_a_plan_that_is_overtaken_must_be_looked_at_again(
    db: Database, school: UUID, system: Actor, thcs: bytes
) -> None:
    first, second = _import(db, system, school, thcs), _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, first)
    with db.context(system, school) as ctx, pytest.raises(confirming.PlanOutdated):
        confirming.confirm_import(ctx, second)
    with db.context(system, school) as ctx:
        planning.refresh_plan(ctx, second)
        assert plans.plan_counts(ctx, second)["unchanged"] == 1160


def test_another_school_sees_nothing(
    db: Database, school: UUID, other_school: UUID, system: Actor, thcs: bytes
) -> None:
    import_id = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        confirming.confirm_import(ctx, import_id)
    with db.context(system, other_school) as ctx:
        assert learners.list_learners(ctx) == []
        assert plans.imports(ctx) == []
        assert _count(ctx, "learners_learner") == _count(ctx, "learners_import_row") == 0


def test_only_chosen_classes_are_opened(db: Database, school: UUID, system: Actor, thcs: bytes) -> None:
    import_id = _import(db, system, school, thcs)
    with db.context(system, school) as ctx:
        result = confirming.confirm_import(ctx, import_id, classes=["6A1", "6A2"])
        assert result.new == 40 + 41
        assert [line.name for line in classes.list_classes(ctx)] == ["6A1", "6A2"]


def test_primary_list_goes_through_the_same_door(db: Database, other_school: UUID, system: Actor, shared: Path) -> None:
    content = (shared / "data" / "learners-primary.csv").read_bytes()
    with db.context(system, other_school) as ctx:
        import_id = planning.start_import(ctx, "learners-primary.csv", content)
        result = confirming.confirm_import(ctx, import_id)
        assert (result.new, result.refused) == (785, 19)
        assert len(classes.list_classes(ctx)) == 24
