"""A school's choices where the acts are open, and its own rule sets as files."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk import settings as stored
from core.sdk.errors import Conflict, Forbidden, NotFound
from plugins.assessment.grid import cells
from plugins.assessment.grid.fitting import require_fits
from plugins.assessment.grid.slots import layout
from plugins.assessment.rules import RuleSetError, national
from plugins.assessment.services import books, results, rule_sets
from plugins.curriculum.services import courses
from plugins.learners import public as learners
from tests.conftest import SignIn

from .conftest import Stage
from .test_results import marked as marked

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "bilingual.toml"
BILINGUAL = EXAMPLE.read_text("utf-8")


def _rank(ctx: Context, stage: Stage) -> str:
    """What the column of training levels takes."""
    slot = books.class_book(ctx, stage.klass, 1).layout.slot("rl")
    assert slot is not None
    return slot.accept


@pytest.fixture
def bilingual(db: Database, system: Actor, marked: Stage) -> Stage:
    """The marks of the class with as many regular ones as the example wants: 3 up to 70 periods a year, else 5."""
    with db.context(system, marked.school) as ctx:
        few = [line.id for line in courses.courses(ctx, class_id=marked.klass) if line.periods <= 70]
        fill = """INSERT INTO assessment_mark (school_id, gradebook_id, learner_id, slot, state, tenths)
            SELECT m.school_id, m.gradebook_id, m.learner_id, 'tx' || n, 1, m.tenths
            FROM assessment_mark m JOIN assessment_gradebook g ON g.id = m.gradebook_id, generate_series(3, 5) n
            WHERE m.slot = 'tx1' AND m.tenths IS NOT NULL AND (n = 3 OR g.course_id <> ALL(:few))
            ON CONFLICT DO NOTHING"""
        drop = """DELETE FROM assessment_mark m USING assessment_gradebook g
            WHERE g.id = m.gradebook_id AND g.course_id = ANY(:few) AND m.slot = 'tx4'"""
        for statement in (fill, drop):
            ctx.session.execute(text(statement), {"few": few})
    return marked


def _upload(client: FlaskClient, content: str) -> Any:
    form = {"csrf_token": cast("Any", client).csrf, "file": (io.BytesIO(content.encode()), "rules.toml")}
    return client.post("/assessment/rules", data=form, content_type="multipart/form-data")


def test_the_choices_of_the_school_decide_what_the_act_leaves_open(
    db: Database, system: Actor, marked: Stage, shared: Path
) -> None:
    vectors = json.loads((shared / "vectors" / "assessment.json").read_text("utf-8"))
    (vector,) = [one for group in vectors.values() for one in group if "final_generous" in one]
    pupil = marked.pupils[0]
    change = text(
        "UPDATE assessment_mark m SET tenths = :tenths FROM assessment_gradebook g"
        " WHERE g.id = m.gradebook_id AND g.course_id = :course AND m.learner_id = :pupil"
    )
    with db.context(system, marked.school) as ctx:
        scored = [line for line in courses.courses(ctx, class_id=marked.klass) if line.assessed == "score"]
        for line, score in zip(scored, vector["scores"], strict=True):
            values = {"tenths": round(score * 10), "course": line.id, "pupil": pupil}
            ctx.session.execute(change, values)
        narrow = results.pupil_result(ctx, marked.klass, pupil)[1]
        stored.put(ctx, "assessment.raise_clause", "generous")
        stored.put(ctx, "attendance.basis", "day")
    with db.context(system, marked.school) as ctx:
        wide = results.pupil_result(ctx, marked.klass, pupil)[1]
    assert (narrow.learning, wide.learning) == (vector["final_conservative"], vector["final_generous"])
    told = [json.dumps(one.because["promotion"].to_json()) for one in (narrow, wide)]
    assert '"basis": "session"' in told[0] and '"basis": "day"' in told[1], "the unit is that of the registers"


def test_the_lowest_mark_of_primary_tests(db: Database, system: Actor, school: UUID) -> None:
    def accepts(ctx: Context) -> str:
        rules = rule_sets.in_force(ctx).choose("primary", 4, 2026, on=date(2027, 5, 31))
        columns = layout(rules, assessed="level", code="toan", grade=4, periods=0, term=2)
        return next(slot.accept for slot in columns.slots if slot.name == "cn_d")

    with db.context(system, school) as ctx:
        assert cells.read(
            "0",
            accepts(ctx),
        ) == (cells.VALUE, 0, None)
        stored.put(ctx, "assessment.primary_minimum", "1")
    with db.context(system, school) as ctx:
        with pytest.raises(cells.Unreadable):
            cells.read("0", accepts(ctx))
        assert cells.parse_stored("0", accepts(ctx)) == (cells.VALUE, 0, None), "what stood there before can be read"


def test_a_set_of_its_own_holds_for_its_classes_and_nowhere_else(
    db: Database, system: Actor, bilingual: Stage, other_school: UUID
) -> None:
    with db.context(system, bilingual.school) as ctx:
        klass = learners.class_of(ctx, bilingual.klass)
        set_id = rule_sets.add(ctx, BILINGUAL.encode())
        rules = books.rules_for(ctx, klass)
        assert rules.code == "bilingual-2026" and rules.secondary is not None
        assert rules.secondary.promotion.absence_basis == "session", "as the registers count, not as the file says"
        good, weak, *_others = (found for _member, found in results.class_results(ctx, bilingual.klass))
        assert (good.rule_set, good.learning, str(good.label(good.learning))) == ("bilingual-2026", "B", "Merit")
        assert weak.learning == "D" and good.terms == ("B", "B")
        assert [cells.read(typed, _rank(ctx, bilingual)) for typed in ("cg", "T")] == [(1, None, "CG"), (1, None, "T")]
        with pytest.raises(cells.Unreadable):
            cells.read("K", _rank(ctx, bilingual))
        other = rule_sets.in_force(ctx).choose("upper_secondary", 10, 2026, on=klass.ends_on)
        earlier = rule_sets.in_force(ctx).choose("lower_secondary", 7, 2025, on=date(2026, 5, 31))
        assert other.code == earlier.code == "tt22-2021"
    with db.context(system, other_school) as ctx:
        assert rule_sets.own_sets(ctx) == []
        found = rule_sets.in_force(ctx).choose("lower_secondary", 7, 2026, on=klass.ends_on)
        assert found.code == "tt22-2021"
        for foreign in (rule_sets.source, rule_sets.take_back):
            with pytest.raises(NotFound):
                foreign(ctx, set_id)


def test_replacing_keeps_and_results_hold(db: Database, system: Actor, bilingual: Stage) -> None:
    with db.context(system, bilingual.school) as ctx:
        first = rule_sets.add(ctx, BILINGUAL.encode())
        second = rule_sets.add(ctx, BILINGUAL.replace("at_least = 8.0", "at_least = 8.5").encode())
        assert [(line.id, line.ended) for line in rule_sets.own_sets(ctx)] == [(second, ""), (first, "replaced")]
        assert rule_sets.source(ctx, first) == ("bilingual-2026", BILINGUAL)
        assert results.pupil_result(ctx, bilingual.klass, bilingual.pupils[0])[1].learning == "C"
        with pytest.raises(RuleSetError, match="bilingual-2026 and other-2026 both hold for grade 6"):
            text_ = BILINGUAL.replace('"bilingual-2026"', '"other-2026"').replace('"bilingual"', '"other"')
            rule_sets.add(ctx, text_.encode())
        with pytest.raises(RuleSetError, match="tt22-2021 and mine-2026 both hold"):
            text_ = BILINGUAL.replace('"bilingual-2026"', '"mine-2026"').replace('"bilingual"', '"national"')
            rule_sets.add(ctx, text_.encode())
        results.calculate(ctx, lambda done, total, note=None: None)
        with pytest.raises(Conflict):
            rule_sets.take_back(ctx, second)
        ctx.session.execute(text("DELETE FROM assessment_year"))
        rule_sets.take_back(ctx, second)
        assert books.rules_for(ctx, learners.class_of(ctx, bilingual.klass)).code == "tt22-2021"
        with pytest.raises(Conflict):
            rule_sets.take_back(ctx, second)
        assert rule_sets.own_sets(ctx)[0].ended == "taken_back"
    with db.context(bilingual.teacher(bilingual.an), bilingual.school) as ctx:
        for forbidden in (lambda: rule_sets.own_sets(ctx), lambda: rule_sets.add(ctx, b"")):
            with pytest.raises(Forbidden):
                forbidden()


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ("weight = 1\n", "wieght = 1\n", r"Line \d+, marks.regular.weight: this key is missing"),
        ("maximum = 10", "maximum = 100", r"Line 15, marks.scale: books hold marks from 0 to 10"),
        ("count = 5 }]", "count = 12 }]", r"marks.regular: a term has at most 9 regular marks"),
        ('code = "bilingual-2026"', 'code = "Song ngữ"', r"Line 3, code: small letters"),
        ('code = "bilingual-2026"', 'code = "tt22-2021"', r"There are two rule sets called tt22-2021"),
        ("[marks]", "[marks", r"This is no TOML file"),
        ("CG", "M", r"training.levels: M means something else"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    db: Database, system: Actor, school: UUID, change: str, to: str, said: str
) -> None:
    with db.context(system, school) as ctx:
        with pytest.raises(RuleSetError) as refused:
            rule_sets.add(ctx, BILINGUAL.replace(change, to).encode())
        assert rule_sets.own_sets(ctx) == []
    refused.match(said)


def test_national_sets_fit_the_books() -> None:
    for one in national().sets:
        require_fits(one, one.source)


def test_the_rules_are_asked_once_in_a_context(db: Database, system: Actor, stage: Stage) -> None:
    counted: list[str] = []
    with db.context(system, stage.school) as ctx:
        klass = learners.class_of(ctx, stage.klass)
        first = books.rules_for(ctx, klass)
        listening = ctx.session.connection()
        event.listen(listening, "before_cursor_execute", lambda *args: counted.append(str(args[2])))
        assert books.rules_for(ctx, klass) is first
    assert [one for one in counted if "rule_set" in one or "setting" in one] == []


def test_the_page_of_the_head(stage: Stage, sign_in: SignIn, other_school: UUID) -> None:
    head = sign_in(stage.school, "head", name="Cô Hiệu trưởng")
    empty = head.get("/assessment/rules").text
    assert "Thông tư 22/2021/TT-BGDĐT" in empty and "Trường chưa có bộ quy định riêng" in empty
    assert "Lớp 6 từ năm học 2021-2022" in empty
    wrong = _upload(head, BILINGUAL.replace("weight = 1\n", "wieght = 1\n"))
    assert wrong.status_code == 422 and "marks.regular.weight" in wrong.text and "Dòng " in wrong.text
    assert _upload(head, BILINGUAL).status_code == 303
    listed = head.get("/assessment/rules").text
    assert "Chương trình song ngữ" in listed and "Cô Hiệu trưởng" in listed and "Đang áp dụng" in listed
    found = next(part for part in listed.split('"') if part.endswith("/source") and "national" not in part)
    assert head.get(found).text == BILINGUAL
    assert "tt22-2021" in head.get("/assessment/rules/national/tt22-2021/source").text
    back = found.replace("/source", "/take-back")
    for stranger in (sign_in(other_school, "head"), sign_in(stage.school, "teacher", person_id=stage.an)):
        csrf = cast("Any", stranger).csrf
        assert stranger.get(found).status_code in (403, 404)
        assert stranger.post(back, data={"csrf_token": csrf}).status_code in (403, 404)
    assert head.post(back, data={"csrf_token": cast("Any", head).csrf}).status_code == 303
    assert "Đã thu hồi" in head.get("/assessment/rules").text


def test_a_set_of_its_own_for_chosen_classes(
    db: Database, system: Actor, stage: Stage, sign_in: SignIn, other_school: UUID
) -> None:
    other = BILINGUAL.replace('"bilingual-2026"', '"other-2026"').replace('"bilingual"', '"other"')

    def code(ctx: Context, class_id: UUID) -> str:
        return books.rules_for(ctx, learners.class_of(ctx, class_id)).code

    with db.context(system, stage.school) as ctx:
        set_id = rule_sets.add(ctx, BILINGUAL.encode(), [stage.klass])
        assert (code(ctx, stage.klass), code(ctx, stage.other_class)) == ("bilingual-2026", "tt22-2021")
        rank = books.class_book(ctx, stage.klass, 1).layout.slot("rl")
        there = books.class_book(ctx, stage.other_class, 1).layout.slot("rl")
        assert rank and there and rank.accept != there.accept == "training"
        second = rule_sets.add(ctx, other.encode(), [stage.other_class])
        assert (code(ctx, stage.klass), code(ctx, stage.other_class)) == ("bilingual-2026", "other-2026")
        with pytest.raises(RuleSetError, match="both hold for grade"):
            rule_sets.choose_classes(ctx, second, [stage.klass])
        rule_sets.choose_classes(ctx, second, [])
        assert (code(ctx, stage.klass), code(ctx, stage.other_class)) == ("bilingual-2026", "other-2026")
        replaced = rule_sets.add(ctx, BILINGUAL.replace("at_least = 8.0", "at_least = 8.5").encode())
        assert code(ctx, stage.klass) == "bilingual-2026", "a newer file holds for the same classes"
        assert rule_sets.own_sets(ctx)[0].class_ids == (stage.klass,)
        with pytest.raises(Conflict):
            rule_sets.choose_classes(ctx, set_id, [])
        with pytest.raises(NotFound):
            rule_sets.choose_classes(ctx, replaced, [other_school])
    head = sign_in(stage.school, "head")
    form = {"csrf_token": cast("Any", head).csrf, "classes": str(stage.klass)}
    address = f"/assessment/rules/{replaced}/classes"
    assert head.post(address, data=form).status_code == 303 and "Chỉ: 7A1" in head.get("/assessment/rules").text
    stranger = sign_in(other_school, "head")
    sent = stranger.post(address, data={"csrf_token": cast("Any", stranger).csrf})
    assert sent.status_code == 404


def test_continuing_education_has_levels_once_the_centre_sets_the_numbers(
    db: Database, system: Actor, school: UUID
) -> None:
    def counts(ctx: Context) -> list[int | None]:
        found = rule_sets.in_force(ctx).choose("continuing", 7, 2026, on=date(2027, 5, 31))
        assert found.code == "tt43-2021" and found.secondary is not None
        return [level.enough_count for level in found.secondary.learning.levels]

    with db.context(system, school) as ctx:
        assert counts(ctx) == [None, None, None]
        for name, count in (("good", 5), ("fair", 5), ("pass", 4)):
            stored.put(ctx, f"assessment.enough_{name}", count)
    with db.context(system, school) as ctx:
        assert counts(ctx) == [5, 5, 4]
