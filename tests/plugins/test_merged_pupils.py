"""Two records of one pupil in every module: nothing is lost, both readings stay readable, an undo is exact."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.access import scopes
from core.data.session import Database
from core.files import service as files
from core.files.stores import LocalStore
from core.kernel.registry import Registry
from core.payments.models import Charge
from core.people.merging import naming_columns
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.errors import Conflict
from core.sdk.school import current_year
from core.settings import services as settings
from plugins.assessment.models import SummerRow
from plugins.assessment.services import books, locking, publishing, saving, trail, writing
from plugins.attendance.rules.merge import Value
from plugins.attendance.services import registers, requests, typed
from plugins.attendance.services.registers import Key
from plugins.curriculum.services import teachers
from plugins.learners.services import merging, policies, profiles
from tests.plugins.assessment.conftest import Stage, fill
from tests.plugins.attendance.conftest import MONDAY, SEVEN
from tests.plugins.finance.conftest import Moment

TUESDAY = date(2026, 10, 6)
COUNTERS = {
    "attendance_register": ("version", "updated_at"),
    "assessment_gradebook": ("revision", "updated_at"),
}
"""What only grows: whoever had a register or a book open sees that it has changed, and changed back."""
HISTORIES = ("attendance_change", "assessment_change")
"""What is only written: a merge and its undo are told there too."""
Rows = dict[str, list[dict[str, Any]]]
_PRIMARY = text(
    "SELECT c.conrelid::regclass::text AS name, array_agg(a.attname::text) AS columns FROM pg_constraint c"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) WHERE c.contype = 'p' GROUP BY 1"
)


@dataclass
class Twice:
    """One pupil entered twice in 7A1, each record with something of its own and something that both have."""

    db: Database
    stage: Stage
    clock: Moment
    system: Actor
    first: UUID
    second: UUID

    @contextmanager
    def open(self) -> Iterator[Context]:
        with self.db.context(self.system, self.stage.school, clock=self.clock) as ctx:
            yield ctx

    def key(self, day: date) -> Key:
        return Key(self.stage.klass, day, 1)

    def book(self, ctx: Context) -> books.Book:
        return books.course_book(ctx, self.stage.courses["toan"], 1)


@pytest.fixture
def twice(db: Database, school: UUID, system: Actor, registry: Registry, var: Path) -> Twice:
    settings.bind(registry)
    scopes.bind(registry)
    files.bind(LocalStore(var / "files"))
    clock = Moment(SEVEN)
    with db.context(system, school, clock=clock) as ctx:
        stage = fill(ctx, school)
        clock.forward(days=1)
        found = Twice(db, stage, clock, system, stage.pupils[0], stage.pupils[1])
        _marks(ctx, found)
        _attendance(ctx, found)
        policies.add_policy(ctx, found.second, "Hộ nghèo", date(2026, 8, 1), None, document="17")
        profiles.add_identifier(ctx, found.second, "school", "SDB17")
        _charge(ctx, found.first)
        year = current_year(ctx).id
        for who, mark in ((found.first, "5.5"), (found.second, "6")):
            ctx.session.add(SummerRow(school_id=school, year_id=year, learner_id=who, retests={"toan": mark}))
    return found


def _marks(ctx: Context, twice: Twice) -> None:
    cells = [(twice.first, "tx1", "8"), (twice.second, "tx1", "9"), (twice.second, "tx2", "7")]
    cells += [(twice.first, "gk", "5"), (twice.second, "gk", "5")]
    entries = [saving.Entry(who, slot, value, "") for who, slot, value in cells]
    assert not saving.save(ctx, twice.book(ctx), entries).refused
    locking.lock(ctx, twice.book(ctx))
    publishing.publish(ctx, [twice.stage.klass], 1)


def _attendance(ctx: Context, twice: Twice) -> None:
    registers.save(ctx, twice.key(TUESDAY), {twice.second: Value("late", 5)}, base=0)
    registers.save(
        ctx, twice.key(MONDAY), {twice.first: Value("excused"), twice.second: Value("unexcused")}, base=0
    )  # fmt: skip
    typed.type_totals(ctx, twice.stage.klass, 1, {twice.first: (3, 0), twice.second: (2, 1)})
    typed.type_totals(ctx, twice.stage.klass, 2, {twice.second: (1, 1)})
    requests.report(ctx, twice.second, first_day=MONDAY, last_day=MONDAY, reason="Bị sốt cao")


def _charge(ctx: Context, person: UUID) -> None:
    ctx.session.add(
        Charge(
            id=new_id(), school_id=ctx.school_id, person_id=person, origin="test", origin_id=new_id(),
            reference=f"TRH{person.hex[-8:].upper()}", due=1000, due_on=date(2026, 11, 30), credits={"fees": 1000},
        )
    )  # fmt: skip
    ctx.session.flush()


def _state(ctx: Context) -> Rows:
    """Every row of every table that names persons, of registers and of books; counters left out."""
    tables = {table for table, _column in naming_columns(ctx)} | set(COUNTERS) | {"core_person"}
    found: Rows = {}
    for table in sorted(tables - {"learners_merge"}):
        rows = ctx.session.execute(text(f"SELECT to_jsonb(t) FROM {table} t")).scalars()  # noqa: S608
        left = COUNTERS.get(table, ())
        found[table] = sorted(({k: v for k, v in row.items() if k not in left} for row in rows), key=str)
    return found


def test_a_merge_joins_marks_and_attendance_and_its_undo_gives_back_every_row(twice: Twice, registry: Registry) -> None:
    references = registry.person_references()
    first, second = twice.first, twice.second
    with twice.open() as ctx:
        before = _state(ctx)
        shown = {one.table: [(str(a), str(b)) for a, b in one.pairs] for one in _doubles(ctx, twice, registry)}
        assert shown == {
            "assessment_mark": [("7A1, Toán, Term I, Regular mark 1: 8", "7A1, Toán, Term I, Regular mark 1: 9")],
            "assessment_summer": [("toan 5,5; training: –", "toan 6; training: –")],
            "attendance_mark": [
                ("05/10/2026, Morning: Absent with leave", "05/10/2026, Morning: Absent without leave")
            ],
            "attendance_total": [("Term 1: 3 with leave, 0 without", "Term 1: 2 with leave, 1 without")],
        }, "what is the same for both needs no choice"
        chosen = {"assessment_mark": "second", "attendance_mark": "first", "attendance_total": "second"}
        merge_id = merging.merge(ctx, references, first, second, chosen)
        book = twice.book(ctx)
        cells = writing.cells_of(ctx, book.id)
        assert second not in cells
        assert {slot: cell.tenths for slot, cell in cells[first].items()} == {"tx1": 90, "tx2": 70, "gk": 50}
        marks = {line.id: line.kind for line in registers.register(ctx, twice.key(MONDAY)).lines}
        assert marks[first] == "excused" and second not in marks
        assert typed.typed(ctx, twice.stage.klass, 1)[first] == (2, 1)
        assert typed.typed(ctx, twice.stage.klass, 2)[first] == (1, 1)
        aside = {
            str(label): [str(line) for line in lines]
            for label, lines in merging.merge_detail(ctx, references, merge_id).aside
        }
        assert aside["Marks, levels and comments"][-1] == "7A1, Toán, Term I, Regular mark 1: 8"
        assert aside["Attendance"] == ["05/10/2026, Morning: Absent without leave"]
        told = {(line.slot, line.old, line.new) for line in trail.changes(ctx, book, learner_id=first)}
        assert {("tx1", "", "8"), ("tx1", "", "9"), ("tx1", "8", "9"), ("tx2", "", "7")} <= told, "both histories"
        assert locking.version_marks(ctx, book.id, 1)[str(first)] == {"tx1": "8", "tx2": "7", "gk": "5"}
        [seen] = publishing.child_books(ctx, first)
        assert seen.cells == {"tx1": "8", "tx2": "7", "gk": "5"}, "families see what was published of both"
    with twice.open() as ctx:
        merging.unmerge(ctx, references, merge_id)
    with twice.open() as ctx:
        after = _state(ctx)
        for table in HISTORIES:
            assert [row for row in before[table] if row not in after[table]] == [], table
        assert [t for t in before if t not in HISTORIES and before[t] != after[t]] == []
        assert locking.version_marks(ctx, twice.book(ctx).id, 1)[str(first)] == {"tx1": "8", "gk": "5"}
        assert publishing.child_books(ctx, first)[0].cells == {"tx1": "8", "gk": "5"}


def _doubles(ctx: Context, twice: Twice, registry: Registry) -> list[Any]:
    return merging.preview(ctx, registry.person_references(), twice.first, twice.second).doubles


def test_a_phone_that_had_the_register_open_takes_no_mark_away(twice: Twice, registry: Registry) -> None:
    """Registers travel whole: a pupil without a mark was present when the phone saw them."""
    with twice.open() as ctx:
        seen = registers.register(ctx, twice.key(TUESDAY))
        merge_id = merging.merge(ctx, registry.person_references(), twice.first, twice.second, {})
        saved = registers.save(
            ctx, twice.key(TUESDAY), {twice.second: Value("late", 5), twice.stage.pupils[2]: Value("unexcused")},
            base=seen.version,
        )  # fmt: skip
        assert saved.left_out == [twice.second]
        marks = {line.id: line.kind for line in registers.register(ctx, twice.key(TUESDAY)).lines}
        assert (marks[twice.first], marks[twice.stage.pupils[2]]) == ("late", "unexcused")
        merging.unmerge(ctx, registry.person_references(), merge_id)
        marks = {line.id: line.kind for line in registers.register(ctx, twice.key(TUESDAY)).lines}
        assert (marks[twice.first], marks[twice.second]) == ("present", "late")


def test_a_book_that_was_open_sees_marks_that_a_merge_brought(twice: Twice, registry: Registry) -> None:
    with twice.open() as ctx:
        seen = twice.book(ctx)
        merging.merge(ctx, registry.person_references(), twice.first, twice.second, {})
        assert twice.book(ctx).revision > seen.revision
        stood = saving.seen_since(ctx, seen, seen.revision)
        assert stood[twice.first, "tx2"] == "", "a form that showed nothing there does not empty the cell"


def test_who_teaches_is_not_merged_away_as_a_pupil(twice: Twice, registry: Registry) -> None:
    references = registry.person_references()
    with twice.open() as ctx:
        for who in (twice.first, twice.second):
            teachers.make_teacher(ctx, who)
        assert "curriculum_teacher" in merging.preview(ctx, references, twice.first, twice.second).hindered
        with pytest.raises(Conflict):
            merging.merge(ctx, references, twice.first, twice.second, {})
        teachers.retire(ctx, twice.second)
        merging.merge(ctx, references, twice.first, twice.second, {})


def test_every_table_that_names_persons_is_declared(twice: Twice, registry: Registry) -> None:
    declared = {(one.table, one.column) for one in registry.person_references()}
    with twice.open() as ctx:
        named = set(naming_columns(ctx))
    assert named - declared == set(), "provide_person_references"
    assert declared - named == set()
    with twice.open() as ctx:
        keys = {row.name: set(row.columns) for row in ctx.session.execute(_PRIMARY)}
    for one in registry.person_references():
        assert (one.choose is None) == (one.read is None), one.table
        assert one.on_merge == "stay" or set(one.key) | {"school_id"} == keys[one.table] | {"school_id"}, one.table
