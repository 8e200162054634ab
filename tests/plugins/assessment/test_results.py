"""Results from the books, kept for the school, explained to teachers and, as far as published, to the family."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy import event, text

from core.data.session import Database
from core.school.models import Term
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.errors import Forbidden, Invalid, NotFound
from core.sdk.school import current_year
from plugins.assessment.models import Gradebook, MarkCell
from plugins.assessment.services import publishing, results
from plugins.attendance.services.typed import type_totals
from plugins.curriculum.services import courses
from plugins.learners.services.outcomes import outcomes_of_class
from tests.conftest import SignIn

from .conftest import Stage

GOOD = {"tx1": 80, "tx2": 80, "tx3": 80, "tx4": 80, "gk": 80, "ck": 80}
PASSED = {"tx1": "D", "tx2": "D", "gk": "D", "ck": "D"}


def _mark(ctx: Context, stage: Stage, term: int, pupils: Mapping[UUID, Mapping[str, int]]) -> None:
    """Fill every book of the class in a term: good marks, but for maths and literature as `pupils` says; training T."""
    year = current_year(ctx)

    def book(course_id: UUID | None) -> UUID:
        row = {"school_id": stage.school, "year_id": year.id, "class_id": stage.klass, "course_id": course_id}
        found = Gradebook(id=new_id(), term=term, **row)
        ctx.session.add(found)
        ctx.session.flush()
        return found.id

    for line in courses.courses(ctx, class_id=stage.klass):
        id = book(line.id)
        for pupil in stage.pupils:
            wanted: Mapping[str, int | str] = GOOD if line.assessed == "score" else PASSED
            if line.code in ("toan", "nguvan"):
                wanted = pupils.get(pupil, GOOD)
            for slot, value in wanted.items():
                if line.assessed == "score" and slot in ("tx3", "tx4") and line.periods <= 35:
                    continue
                tenths, word = (value, None) if isinstance(value, int) else (None, value)
                row = {"gradebook_id": id, "learner_id": pupil, "slot": slot, "tenths": tenths, "text": word}
                ctx.session.add(MarkCell(school_id=stage.school, state=1, **row))
    own = book(None)
    for pupil in stage.pupils:
        row = {"gradebook_id": own, "learner_id": pupil, "slot": "rl", "tenths": None, "text": "T"}
        ctx.session.add(MarkCell(school_id=stage.school, state=1, **row))
    ctx.session.flush()


def terms(ctx: Context, school: UUID) -> None:
    """Two terms of the current year."""
    year = current_year(ctx)
    half = year.starts_on.replace(month=12)
    for number, (first, last) in enumerate(((year.starts_on, half), (half.replace(day=31), year.ends_on)), 1):
        ctx.session.add(Term(school_id=school, year_id=year.id, number=number, starts_on=first, ends_on=last))
    ctx.session.flush()


@pytest.fixture
def marked(db: Database, system: Actor, stage: Stage) -> Stage:
    """The first pupil is good at everything, the second fails maths and literature, the third has a mark missing; the
    fourth is absent for 46 half days."""
    _good, weak, missing, away = stage.pupils
    with db.context(system, stage.school) as ctx:
        terms(ctx, stage.school)
        poor = dict.fromkeys(GOOD, 30)
        _mark(ctx, stage, 1, {weak: poor})
        _mark(ctx, stage, 2, {weak: poor, missing: {name: 80 for name in GOOD if name != "ck"}})
        for term, days in ((1, 40), (2, 6)):
            absent = {pupil: (days, 0) if pupil == away else (1, 0) for pupil in stage.pupils}
            type_totals(ctx, stage.klass, term, absent)
    return stage


def test_each_result_follows_from_the_books_and_says_why(db: Database, system: Actor, marked: Stage) -> None:
    with db.context(system, marked.school) as ctx:
        good, weak, missing, away = (found for _member, found in results.class_results(ctx, marked.klass))
        assert (good.final_learning, good.final_training, good.promotion) == ("T", "T", "PROMOTED")
        assert good.outcome == "promoted" and {line.year for line in good.subjects if line.scored} == {"8.0"}
        assert (weak.learning, weak.promotion, weak.outcome) == ("CD", "RETEST", "undecided")
        assert weak.again == ("nguvan", "toan")
        assert missing.learning == "" and missing.promotion == "" and missing.outcome == "undecided"
        assert missing.because["learning"].to_json()["outcome"] == ""
        assert (away.promotion, away.outcome) == ("NOT_PROMOTED", "repeats")
        for found in (good, weak, missing, away):
            for because in found.because.values():
                assert because.cite.act and because.cite.article


def test_the_number_of_statements_does_not_grow_with_the_class(db: Database, system: Actor, marked: Stage) -> None:
    counted: list[str] = []
    with db.context(system, marked.school) as ctx:
        connection = ctx.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: counted.append(str(args[2])))
        results.class_results(ctx, marked.klass)
    assert len(counted) < 40, "bounded, and not by pupil"


def test_the_school_is_calculated_and_the_turn_of_the_year_knows(db: Database, system: Actor, marked: Stage) -> None:
    with db.context(system, marked.school) as ctx:
        told: list[tuple[int, int]] = []
        pupils = results.calculate(ctx, lambda done, total, note=None: told.append((done, total)))
        assert pupils == 5 and told[-1] == (2, 2)
        found = results.summary(ctx)[marked.klass]
        assert found.pupils == 4 and found.promotion[""] == 1 and found.promotion["NOT_PROMOTED"] == 1
        decided = {one.id: (one.outcome, one.source) for one in outcomes_of_class(ctx, marked.klass)}
        assert decided[marked.pupils[0]] == ("promoted", "assessment")
        assert decided[marked.pupils[2]][0] == "undecided" and decided[marked.pupils[3]][0] == "repeats"
        kept = ctx.session.execute(text("SELECT subjects -> 'toan' ->> 2 FROM assessment_year ORDER BY 1")).scalars()
        assert [*kept] == ["", "", "3.0", "8.0", "8.0"], "missing is empty, never zero"
        results.calculate(ctx, lambda done, total, note=None: None)
        assert results.summary(ctx)[marked.klass].pupils == 4, "twice is the same"


def test_second_chances_stand_beside_the_originals(db: Database, system: Actor, marked: Stage) -> None:
    good, weak = marked.pupils[:2]
    with db.context(system, marked.school) as ctx:
        _member, before = results.pupil_result(ctx, marked.klass, weak)
        with pytest.raises(Invalid):
            results.enter_summer(ctx, marked.klass, good, {"toan": "9"})
        with pytest.raises(Invalid):
            results.enter_summer(ctx, marked.klass, weak, {"toan": "eleven"})
        results.enter_summer(ctx, marked.klass, weak, {"toan": "6,5"})
        _member, after = results.pupil_result(ctx, marked.klass, weak)
        maths = next(line for line in after.subjects if line.code == "toan")
        assert (before.learning, maths.year, maths.again, maths.final) == ("CD", "3.0", "6.5", "6.5")
        # One subject alone is below now: article 9.3 raises the level by one.
        assert (after.learning, after.final_learning, after.promotion) == ("CD", "D", "PROMOTED")
        assert results.entered_summer(ctx, marked.klass, weak) == ("", False)
        results.enter_summer(ctx, marked.klass, weak, {"toan": "6,5"}, "K", closed=True)
        assert results.entered_summer(ctx, marked.klass, weak) == ("K", True), "the form shows it again"


def test_the_form_of_second_chances_keeps_what_was_entered(marked: Stage, sign_in: SignIn) -> None:
    head, weak = sign_in(marked.school, "head"), marked.pupils[1]
    address, csrf = f"/assessment/results/{marked.klass}/{weak}", {"csrf_token": head.csrf}  # type: ignore[attr-defined]
    wrong = head.post(address, data={**csrf, "again_toan": "mười", "training": "K"})
    assert wrong.status_code == 422 and "mười" in wrong.text
    assert head.post(address, data={**csrf, "again_toan": "6,5", "training": "K", "closed": "1"}).status_code == 303
    page = head.get(address).text
    assert '<option value="K" selected>' in page and 'value="1" checked' in page


def test_the_family_sees_what_was_published_and_nothing_ahead(
    db: Database, system: Actor, marked: Stage, sign_in: SignIn
) -> None:
    child, other = marked.pupils[0], marked.pupils[1]
    parent = sign_in(marked.school, "parent", person_id=marked.parent)
    address = f"/assessment/family/{child}/results"
    assert "Chưa có điểm" in parent.get(address).text
    with db.context(system, marked.school) as ctx:
        publishing.publish(ctx, [marked.klass], 1)
    one_term = parent.get(address)
    assert one_term.status_code == 200 and "Được lên lớp" not in one_term.text
    with db.context(system, marked.school) as ctx:
        publishing.publish(ctx, [marked.klass], 2)
    whole = parent.get(address).text
    assert "Thông tư 22/2021/TT-BGDĐT" in whole and "8,0" in whole and "Được lên lớp" in whole
    for name in ("Lê Minh Châu", "Phạm Thu Dung", "Hoàng Gia Đạt"):
        assert name not in whole
    assert parent.get(f"/assessment/family/{other}/results").status_code == 404
    for path in ("results", f"results/{marked.klass}", f"results/{marked.klass}/{child}"):
        assert parent.get(f"/assessment/{path}").status_code in (403, 404), path


def test_who_sees_results_of_a_class(
    db: Database, system: Actor, marked: Stage, other_school: UUID, sign_in: SignIn
) -> None:
    pupil = marked.pupils[0]
    head = sign_in(marked.school, "head")
    for path in ("results", f"results/{marked.klass}", f"results/{marked.klass}/{pupil}"):
        assert head.get(f"/assessment/{path}").status_code == 200, path
    homeroom = sign_in(marked.school, "teacher", person_id=marked.an)
    assert homeroom.get(f"/assessment/results/{marked.klass}").status_code == 200
    assert homeroom.get(f"/assessment/results/{marked.other_class}").status_code == 404
    colleague = sign_in(marked.school, "teacher", person_id=marked.binh)
    assert colleague.get(f"/assessment/results/{marked.klass}").status_code == 404, "teaches there, does not lead it"
    stranger = sign_in(other_school, "head")
    assert stranger.get(f"/assessment/results/{marked.klass}/{pupil}").status_code == 404
    for client in (homeroom, colleague):
        sent = client.post("/assessment/results", data={"csrf_token": client.csrf})  # type: ignore[attr-defined]
        assert sent.status_code == 403
    with db.context(marked.teacher(marked.binh), marked.school) as ctx:
        with pytest.raises(NotFound):
            results.class_results(ctx, marked.klass)
        with pytest.raises(Forbidden):
            results.summary(ctx)
