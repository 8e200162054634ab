"""A centre of continuing education: its own rules, no programme of schools, and what has no rules says so."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.data.session import Database
from core.kernel.registry import Registry
from core.sdk import Actor, Context, Message
from core.sdk.errors import NotFound
from core.sdk.school import current_year
from core.sdk.testing.fixtures import make_school
from core.settings import services as stored
from plugins.assessment.services import books, results, saving
from plugins.attendance.services import typed
from plugins.curriculum.services import courses, plan
from plugins.learners import public as learners
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner

SUBJECTS = ("nguvan", "toan", "lichsu", "diali", "vatli", "hoahoc")


def _centre(ctx: Context, name: str) -> UUID:
    """A class with a learner, and six subjects that the centre has entered itself."""
    klass = create_class(ctx, name)
    create_learner(ctx, {"hovaten": "Trần Bảo Anh", "gioitinh": 1, "ngaysinh": "2008-03-05", "lop": name})
    for code in SUBJECTS:
        plan.set_plan(ctx, 10, plan.add_subject(ctx, code, code.title(), code.title()), 70, "score")
    plan.fill_classes(ctx)
    return klass


@pytest.fixture
def centre(db: Database, registry: Registry) -> UUID:
    return make_school(db, "GDTX", "Trung tâm GDTX Số 1", "continuing", "GTX", registry.school_modules())


def _marks(ctx: Context, klass: UUID) -> None:
    [learner] = [member.id for member in learners.class_list(ctx, klass)]
    for line in courses.courses(ctx, class_id=klass):
        for term in (1, 2):
            book = books.course_book(ctx, line.id, term)
            slots = [slot.name for slot in book.layout.slots if slot.required]
            saving.save(ctx, book, [saving.Entry(learner, slot, "8", "") for slot in slots])
    for term in (1, 2):
        own = books.class_book(ctx, klass, term)
        saving.save(ctx, own, [saving.Entry(learner, "rl", "T", "")])
        typed.type_totals(ctx, klass, term, {learner: (0, 0)})


def test_a_class_from_its_marks_to_the_year(db: Database, system: Actor, centre: UUID) -> None:
    with db.context(system, centre) as ctx:
        klass = _centre(ctx, "10A1")
        assert plan.take_over(ctx).without == (10,), "the programme of schools is not theirs"
        assert books.rules_for(ctx, learners.class_of(ctx, klass)).code == "tt43-2021"
        _marks(ctx, klass)
        [(_member, found)] = results.class_results(ctx, klass)
        assert [line.year for line in found.subjects] == ["8.0"] * 6
        assert found.learning == "" and "promotion" in found.because, "numbers that nobody has set decide nothing"
        for name in ("good", "fair", "pass"):
            stored.put(ctx, f"assessment.enough_{name}", 4)
    with db.context(system, centre) as ctx:
        [(_member, found)] = results.class_results(ctx, klass)
        assert (found.learning, found.training, found.rule_set) == ("T", "T", "tt43-2021")
        assert "43/2021" in str(found.because["learning"].cite.act)


def test_a_grade_without_rules_is_refused_in_words_and_holds_up_nobody(
    db: Database, system: Actor, centre: UUID
) -> None:
    notes: list[Message | None] = []
    with db.context(system, centre) as ctx:
        klass = _centre(ctx, "10A1")
        primary = learners.class_of(ctx, create_class(ctx, "3A"))
        with pytest.raises(NotFound, match=str(current_year(ctx).starts_on.year)):
            books.rules_for(ctx, primary)
        assert results.calculate(ctx, lambda done, total, note=None: notes.append(note)) == 1
        assert learners.class_of(ctx, klass).grade == 10
    assert notes[-1] is not None and notes[-1].params == {"classes": "3A"}
