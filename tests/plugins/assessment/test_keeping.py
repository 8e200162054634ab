"""What is kept of a class at once is what each pupil is told, whatever stands in the books."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.school import current_year
from plugins.assessment.models import Gradebook, MarkCell, SummerRow
from plugins.assessment.rules.averages import required_regular
from plugins.assessment.services import results
from plugins.assessment.services.results import keeping
from plugins.assessment.services.results.keeping import Kept, of_result
from plugins.assessment.services.results.reading import kept_of_class
from plugins.attendance.services.typed import type_totals
from plugins.curriculum.public import CourseLine
from plugins.curriculum.services import courses
from plugins.learners import public as learners
from plugins.learners.models import Profile
from plugins.learners.services.learners import create_learner

from .conftest import Stage
from .rules.cases import tt22
from .test_results import terms

PUPILS = 40
"""Among them each kind of oddity comes more than once."""


def _cell(random_: random.Random, scored: bool, base: int) -> tuple[int, int | None, str | None] | None:
    """State, tenths and text of a cell; None for an empty one."""
    odd = random_.random()
    if odd < 0.0008:
        return None
    if odd < 0.002:
        return random_.choice((2, 3, 4)), None, None
    if scored:
        return 1, max(0, min(100, base + random_.randint(-9, 9))), None
    return 1, None, "CD" if random_.random() < 0.003 else "D"


def _slots(line: CourseLine | None, random_: random.Random) -> list[str]:
    if line is None:
        return ["rl"]
    rules = tt22().secondary
    assert rules is not None
    regular = required_regular(rules.marks, scored=line.assessed == "score", periods=line.periods)
    more = random_.random() < 0.001
    return [*(f"tx{number}" for number in range(1, regular + more + 1)), "gk", "ck"]


def _fill(ctx: Context, stage: Stage, pupils: list[UUID], random_: random.Random) -> None:
    year = current_year(ctx)
    bases = {pupil: random_.choice((35, 52, 66, 82, 92)) for pupil in pupils}
    exempt = {pupil for pupil in pupils if random_.random() < 0.1}
    for term in (1, 2):
        for line in (*courses.courses(ctx, class_id=stage.klass), None):
            book = Gradebook(
                id=new_id(), school_id=stage.school, year_id=year.id, class_id=stage.klass, term=term,
                course_id=line.id if line else None,
            )  # fmt: skip
            ctx.session.add(book)
            ctx.session.flush()
            for pupil in pupils:
                for slot in _slots(line, random_):
                    found: tuple[int, int | None, str | None] | None
                    if line is None:
                        training = random_.choices(("T", "K", "D", "CD", ""), (80, 10, 5, 3, 2))[0]
                        found = (1, None, training) if training else None
                    elif line.code == "gdtc" and pupil in exempt:
                        found = (4, None, None)
                    else:
                        found = _cell(random_, line.assessed == "score", bases[pupil])
                    if found is not None:
                        cell = dict(zip(("state", "tenths", "text"), found, strict=True))
                        row = {"gradebook_id": book.id, "learner_id": pupil, "slot": slot}
                        ctx.session.add(MarkCell(school_id=stage.school, **row, **cell))
            if line is not None and line.code == "toan" and term == 1:
                ctx.session.flush()
                row = {"gradebook_id": book.id, "learner_id": pupils[0], "slot": "tb", "tenths": 71, "text": None}
                ctx.session.add(MarkCell(school_id=stage.school, state=1, **row))
    ctx.session.add(
        SummerRow(school_id=stage.school, year_id=year.id, learner_id=pupils[1], retests={"toan": "6.5"}, closed=True)
    )
    ctx.session.flush()


def test_at_once_is_one_by_one(db: Database, system: Actor, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    random_ = random.Random(22)
    one_by_one: list[UUID] = []
    asked = keeping.of_result

    def counted(found: results.PupilResult) -> Kept:
        one_by_one.append(found.learner_id)
        return asked(found)

    monkeypatch.setattr(keeping, "of_result", counted)
    with db.context(system, stage.school) as ctx:
        terms(ctx, stage.school)
        for number in range(PUPILS - len(stage.pupils)):
            born = f"2014-05-{number % 28 + 1:02d}"
            create_learner(ctx, {"hovaten": f"Lê Thị Số {number}", "gioitinh": 2, "ngaysinh": born, "lop": "7A1"})
        pupils = [member.id for member in learners.class_list(ctx, stage.klass)]
        _fill(ctx, stage, pupils, random_)
        for term in (1, 2):
            type_totals(ctx, stage.klass, term, {id: (random_.choice((0, 3, 30)), 0) for id in pupils[2:]})
        ctx.session.add(Profile(school_id=stage.school, learner_id=pupils[2], disability_not_assessed=True))
        klass = learners.class_of(ctx, stage.klass)
        kept = {one.learner_id: one for one in kept_of_class(ctx, klass)}
        told = {found.learner_id: of_result(found) for _member, found in results.class_results(ctx, stage.klass)}
    assert kept == told and len(kept) == PUPILS
    assert sorted(one_by_one) == sorted(pupils[:2]), "only a result of another school and a summer go one by one"
    assert (kept[pupils[2]].promotion, kept[pupils[2]].outcome) == ("PRINCIPAL", "undecided")
    seen = {one.promotion for one in kept.values()}
    assert {"", "PROMOTED", "NOT_PROMOTED"} <= seen and len(seen) >= 5, f"the sample reaches the branches: {seen}"
    assert {"M", "", "CD"} <= {text for one in kept.values() for texts in one.subjects.values() for text in texts}
