"""Every kind from its tables to the file; answers that a person has to look at; what is held on a pupil."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import openpyxl
from sqlalchemy import Executable, select, text

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.school import current_year
from plugins.learners.models import Identifier, Learner
from plugins.learners.public import take_sector_codes
from plugins.sector import personal
from plugins.sector.models import Batch, Known, Line
from plugins.sector.rules.shapes import KINDS
from plugins.sector.services import answering, batches, desk
from plugins.sector.services.checking import get_batch

from .conftest import content_of, send, take

_YEAR = """
INSERT INTO assessment_year (school_id, year_id, learner_id, class_id, rule_set, learning, training, final_learning,
  final_training, promotion, title, subjects, calculated_at)
SELECT e.school_id, e.year_id, e.learner_id, e.class_id, 'tt22-2021', 'K', 'T', 'K', 'T', 'PROMOTED', 'G',
  '{"toan": ["8.1", "", "", ""], "am_nhac": ["D", "", "", ""]}', now()
FROM learners_enrolment e JOIN learners_learner l ON l.id = e.learner_id WHERE l.code <> 'HS3'"""


def _pupils(ctx: Context) -> list[UUID]:
    return list(ctx.session.scalars(select(Learner.id).order_by(Learner.code)))


def _pairs(ctx: Context, query: Executable) -> dict[Any, Any]:
    return {row[0]: row[1] for row in ctx.session.execute(query)}


def _table(content: bytes) -> list[dict[str, object]]:
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    return [dict(zip(map(str, rows[2]), row, strict=True)) for row in rows[3:]]


def _answer(*rows: Sequence[object], head: Sequence[object]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in (head, *rows):
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(target)
    return target.getvalue()


def test_results_absences_and_classes(db: Database, system: Actor, small: UUID) -> None:
    with db.context(system, small) as ctx:
        ctx.session.execute(text(_YEAR))
        year = current_year(ctx)
        marks = get_batch(ctx, batches.make_batch(ctx, "term_marks", term=1))
        found = {
            (line.values.get("mamonhoc"), line.values.get("ketqua")): line.state
            for line in ctx.session.scalars(select(Line).where(Line.batch_id == marks.id))
            if line.full_name == "Nguyễn Văn An" and line.values.get("ketqua")
        }
        assert found[("toan", "8.1")] == "ready"
        assert marks.counts["ready"] == len(found) * 3 and marks.counts["error"] > 0, "undetermined is a finding"
        results = get_batch(ctx, batches.make_batch(ctx, "year_results"))
        assert results.counts == {"ready": 3, "error": 1}
        value = batches.lines(ctx, results.id, state="ready")[0].values
        assert (value["hoctap"], value["renluyen"], value["duoclenlop"], value["danhhieu"]) == (
            "Khá", "Tốt", "Được lên lớp", "Học sinh Giỏi",
        )  # fmt: skip
        absences = get_batch(ctx, batches.make_batch(ctx, "attendance", term=1))
        assert absences.counts == {"error": 4}, "no register, no number"
        classes = get_batch(ctx, batches.make_batch(ctx, "classes"))
        line = batches.lines(ctx, classes.id)[0]
        assert line.findings == [["E_MISSING", "gvcn_hovaten"]] and line.values["siso"] == "4"
        batches.leave_out(ctx, results.id, None)
        assert batches.leave_out(ctx, results.id, None, back=True) == 1
        assert get_batch(ctx, results.id).counts == {"ready": 3, "error": 1}
        assert year.id == marks.year_id and set(KINDS) >= {marks.kind, results.kind}
        sent = send(ctx, "year_results")
        rows = _table(content_of(ctx, sent.id))
        assert [row["Kết quả học tập"] for row in rows] == ["Khá"] * 3 and [row["STT"] for row in rows] == [1, 2, 3]
        assert {row["Sự kiện"] for row in rows} == {"NEW"} and {row["Phiên bản"] for row in rows} == {"1"}


def test_what_fits_nobody_changes_nothing(db: Database, system: Actor, small: UUID) -> None:
    head = ["STT", "Họ và tên", "Số định danh cá nhân", "Mã định danh ngành", "Trạng thái xử lý", "Lý do"]
    with db.context(system, small) as ctx:
        batch = send(ctx)
        lines = batches.lines(ctx, batch.id)
        ids = [line.values["sodinhdanh"] for line in lines]
        said = _answer(
            [1, lines[0].full_name, ids[0], "2300000001", "Thành công", ""],
            [2, "Người Khác", ids[0], "2300000002", "Thành công", ""],
            [9, lines[1].full_name.upper(), ids[1], "2300000003", "Thành công", ""],
            [9, lines[1].full_name, ids[1], "2300000004", "Lỗi", "Sai"],
            [3, lines[2].full_name, "", "", "Chờ", ""],
            [4, lines[3].full_name, "", "", "Thành công", ""],
            head=head,
        )
        batch = take(ctx, batch, said)
        summary = answering.answers(ctx, batch.id)[0].summary
        assert [one["why"] for one in summary["problems"]] == ["double", "double", "double", "double", "unclear"]
        assert batch.counts == {"in_file": 3, "accepted": 1}


def test_what_is_said_again_later_and_of_codes_that_others_have(db: Database, system: Actor, small: UUID) -> None:
    head = ["STT", "Số định danh cá nhân", "Mã định danh ngành", "Trạng thái xử lý", "Lý do"]
    with db.context(system, small) as ctx:
        pupils = _pupils(ctx)
        assert take_sector_codes(ctx, {pupils[3]: "2300000009"}) == (1, frozenset())
        first = send(ctx)
        order = [line.learner_id for line in batches.lines(ctx, first.id)]
        at = {id: number for number, id in enumerate(order, 1)}
        rows = [[at[pupils[0]], "", "2300000001", "Thành công", ""], [at[pupils[1]], "", "", "Lỗi", "Thiếu"],
                [at[pupils[2]], "", "2300000009", "Thành công", ""]]  # fmt: skip
        first = take(ctx, first, _answer(*rows, head=head))
        assert first.counts == {"accepted": 1, "refused": 1, "in_file": 2} and first.outcome == "PARTIAL"
        assert answering.answers(ctx, first.id)[0].summary["codes_taken"] == 1
        codes = _pairs(ctx, select(Identifier.learner_id, Identifier.value))
        assert codes == {pupils[0]: "2300000001", pupils[3]: "2300000009"}
        # The rest comes later; the refused one was sent again meanwhile, so the old answer says nothing of it.
        second = send(ctx)
        assert second.counts == {"in_file": 1, "same": 1, "waiting": 2}
        late = [[at[pupils[1]], "", "", "Lỗi", "Vẫn thiếu"], [at[pupils[3]], "", "2300000009", "Thành công", ""]]
        first = take(ctx, get_batch(ctx, first.id), _answer(*late, head=head), "later.xlsx")
        states = _pairs(ctx, select(Known.learner_id, Known.state))
        assert states == {pupils[0]: "accepted", pupils[1]: "sent", pupils[2]: "sent", pupils[3]: "accepted"}
        assert desk.counts(ctx) == {}
        # A code that the sector changed: the former one stays findable.
        assert take_sector_codes(ctx, {pupils[0]: "2300000077"})[0] == 1
        held = select(Identifier.value, Identifier.valid_to.is_(None)).where(Identifier.learner_id == pupils[0])
        assert _pairs(ctx, held) == {"2300000001": False, "2300000077": True}


def test_a_file_that_is_refused_as_a_whole(db: Database, system: Actor, small: UUID) -> None:
    with db.context(system, small) as ctx:
        batch = take(ctx, send(ctx), _answer(["Sai mã trường"], head=["Kết quả: THẤT BẠI"]))
        assert batch.outcome == "FAILED" and desk.counts(ctx) == {"profiles": 4}
        assert {one.message for one in desk.refusals(ctx)} == {"Sai mã trường"}
        assert send(ctx).counts == {"in_file": 4}, "all of it goes again"


def test_what_is_held_on_a_pupil_and_what_can_go(db: Database, system: Actor, small: UUID) -> None:
    with db.context(system, small) as ctx:
        pupil = _pupils(ctx)[0]
        assert not personal.show(ctx, pupil) and not personal.erase(ctx, pupil, False).erased
        batch = send(ctx)
        assert len(personal.show(ctx, pupil)[0].facts) == 1
        assert personal.erase(ctx, pupil, True).erased
        ctx.session.expire_all()
        mine = select(Line.values).where(Line.batch_id == batch.id, Line.learner_id == pupil)
        assert ctx.session.scalars(mine).one() == {} and get_batch(ctx, batch.id).state == "handed"
        assert ctx.session.scalars(select(Batch.id)).one() == batch.id
