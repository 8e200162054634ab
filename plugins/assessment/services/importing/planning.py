"""Reading a workbook of marks into a plan; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from sqlalchemy import select

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Forbidden, NotFound
from core.sdk.files import open as open_file
from core.sdk.files import store
from core.sdk.imports import Limits, read_tables
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ...access import EDIT
from ...grid.cells import stored
from ...grid.slots import Layout
from ...models import MarkImport
from ...rules import sheet as reader
from ...rules.marks import Mark
from ...rules.sheet.reader import MarksRow, MarksSheet
from .. import books, carrying
from ..writing import cells_of
from . import primary
from .plans import Plan, PlanCell, PlanFinding, PlanRow, PlanSheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def start(ctx: Context, class_id: UUID, term: int, file_name: str, content: bytes) -> UUID:
    """Read a workbook of marks of one class and term; returns the id of the plan.

    Raises:
        NotFound: no such class or term, or nothing in it that the actor enters. Forbidden.
        Invalid: the file cannot be read (`UnreadableFile`).
    """
    courses = _courses(ctx, class_id)
    if term not in (1, 2) or not any(_mine(ctx, course) for course in courses):
        raise NotFound
    klass = learners.class_of(ctx, class_id)
    plan = _read(ctx, klass, courses, term, content)
    kept = store(ctx, content, name=file_name, media_type=XLSX, purpose="assessment.import", limit=Limits().file)
    found = MarkImport(
        id=new_id(), school_id=ctx.school_id, year_id=klass.year_id, class_id=class_id, term=term,
        file_name=file_name[:200], file_id=kept.id, plan=msgspec.to_builtins(plan), author=ctx.actor.name,
        author_id=ctx.actor.account_id, created_at=ctx.now(), updated_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(found)
    ctx.session.flush()
    detail = {"name": klass.name, "term": term, "sheets": len(plan.sheets)}
    record(ctx, "assessment.import.planned", target=("assessment_import", found.id), detail=detail)
    return found.id


def _courses(ctx: Context, class_id: UUID) -> list[curriculum.CourseLine]:
    if not any(ctx.actor.has(name) for name in (EDIT, f"{EDIT}.{curriculum.TAUGHT}")):
        raise Forbidden(EDIT)
    return curriculum.courses(ctx, class_id=class_id, year_id=learners.class_of(ctx, class_id).year_id)


def _mine(ctx: Context, course: curriculum.CourseLine) -> bool:
    return ctx.actor.has(EDIT) or course.id in curriculum.my_courses(ctx)


def _read(
    ctx: Context, klass: learners.ClassInfo, courses: list[curriculum.CourseLine], term: int, content: bytes
) -> Plan:
    rules = books.rules_for(ctx, klass)
    layouts = {c.code: books.layout_of(rules, c, klass.grade, term, frozenset()) for c in courses}
    subjects = [
        reader.SheetSubject(
            c.code, (c.name_vi, c.short, c.name_en), c.assessed == "score", layouts[c.code].regular
        )
        for c in courses
    ]  # fmt: skip
    roll = [
        reader.Pupil(member.id, member.code, member.full_name, member.suffix, member.birth)
        for member in learners.class_list(ctx, klass.id)
    ]
    others = carrying.elsewhere(ctx, klass, term)
    by_code = {course.code: course for course in courses}

    def stood(code: str) -> Mapping[UUID, Mapping[str, str]]:
        book = books.book_id(ctx, by_code[code], klass, term)
        return _stood(ctx, book, layouts[code], others.get(code, {}))

    def told(sheet: MarksSheet | primary.PrimarySheet) -> tuple[curriculum.CourseLine, bool]:
        course = by_code[sheet.subject.code]
        return course, _mine(ctx, course)

    if rules.secondary is None:
        found, ignored = primary.read_primary(read_tables(content), roll, subjects, layouts)
        sheets = [primary_sheet(sheet, *told(sheet), stood(sheet.subject.code), klass, term) for sheet in found]
        return Plan(sheets, ignored)
    read = reader.read_marks(read_tables(content), roll, subjects, rules.secondary.marks)
    plans = [
        _sheet(sheet, told(sheet)[0], stood(sheet.subject.code), klass, term, told(sheet)[1]) for sheet in read.sheets
    ]
    return Plan(plans, read.ignored)


def primary_sheet(
    sheet: primary.PrimarySheet,
    course: curriculum.CourseLine,
    mine: bool,
    stood: Mapping[UUID, Mapping[str, str]],
    klass: learners.ClassInfo,
    term: int,
) -> PlanSheet:
    """A sheet of a primary class as the plan keeps it."""
    other = sheet.about.class_name or ""
    rows = []
    for row in sheet.rows:
        pupil = row.pupil.ref if row.pupil is not None and isinstance(row.pupil.ref, UUID) else None
        before = stood.get(pupil, {}) if pupil else {}
        rows.append(
            PlanRow(
                row=row.number, name=row.written.name, pupil=pupil, status=row.status, result="", why="",
                cells=[PlanCell(slot, text, before.get(slot, "")) for slot, text in row.cells.items()],
                findings=[PlanFinding(f.code, f.field, str(f.cell), str(f.proposal or "")) for f in row.findings],
            )
        )  # fmt: skip
    return PlanSheet(
        name=sheet.name, course_id=course.id, subject_vi=course.name_vi, subject_en=course.name_en, mine=mine,
        other_class=other if other and other != klass.name.upper() else "",
        other_term=sheet.about.term not in (None, term), header_rows=sheet.header_rows, columns=sheet.columns,
        regular=[], rows=rows, missing=[pupil.name for pupil in sheet.missing],
    )  # fmt: skip


def _stood(
    ctx: Context, book_id: UUID | None, layout: Layout, others: Mapping[UUID, carrying.Cells]
) -> Mapping[UUID, Mapping[str, str]]:
    """What stands in a book, with what was given elsewhere: to repeat that is no change."""
    found = cells_of(ctx, book_id)
    rows = {id: carrying.joined(layout, found.get(id, {}), others.get(id)).cells for id in {*found, *others}}
    return {learner: {slot: stored(cell) for slot, cell in row.items()} for learner, row in rows.items()}


def _sheet(
    sheet: MarksSheet,
    course: curriculum.CourseLine,
    stood: Mapping[UUID, Mapping[str, str]],
    klass: learners.ClassInfo,
    term: int,
    mine: bool,
) -> PlanSheet:
    other = sheet.about.class_name or ""
    return PlanSheet(
        name=sheet.name,
        course_id=course.id,
        subject_vi=course.name_vi,
        subject_en=course.name_en,
        mine=mine,
        other_class=other if other and other != klass.name.upper() else "",
        other_term=sheet.about.term not in (None, term),
        header_rows=sheet.layout.header_rows,
        columns=sheet.layout.fields,
        regular=sheet.layout.regular,
        rows=[_row(row, stood) for row in sheet.rows],
        missing=[pupil.name for pupil in sheet.missing],
    )


def _row(row: MarksRow, stood: Mapping[UUID, Mapping[str, str]]) -> PlanRow:
    pupil = row.pupil.ref if row.pupil is not None and isinstance(row.pupil.ref, UUID) else None
    before = stood.get(pupil, {}) if pupil else {}
    places = [(f"tx{number}", read.mark) for number, read in enumerate(row.regular, start=1)]
    places += [("gk", row.mid.mark), ("ck", row.end.mark)]
    cells = [
        PlanCell(slot, text, before.get(slot, "")) for slot, mark in places if pupil and (text := stored_text(mark))
    ]
    return PlanRow(
        row=row.row,
        name=row.written.name,
        pupil=pupil,
        status=str(row.status.value),
        result=_result(row),
        why=row.why or "",
        cells=cells,
        findings=[PlanFinding(f.code, f.field, str(f.cell), str(f.proposal or "")) for f in row.findings],
    )


def _result(row: MarksRow) -> str:
    if row.result.exempt:
        return "M"
    if row.result.value is None or row.refused:
        return ""
    return ("Đ" if row.result.value else "CĐ") if isinstance(row.result.value, bool) else str(row.result.value)


def stored_text(mark: Mark) -> str:
    """A mark as a book stores it; empty for what is not entered or was refused: an import never empties a cell."""
    if mark.state.value in ("missing", "refused"):
        return ""
    if mark.state.value == "value":
        if mark.score is not None:
            text = f"{mark.score:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return "D" if mark.passed else "CD"
    return {"pending": "v", "zero": "v0", "exempt": "M"}[mark.state.value]


def imports(ctx: Context, class_id: UUID, term: int) -> list[MarkImport]:
    """The workbooks of a class and term that the actor may see, newest first.

    Raises:
        NotFound: no such class or term, or none of its subjects is the actor's. Forbidden.
    """
    if term not in (1, 2) or not any(_mine(ctx, course) for course in _courses(ctx, class_id)):
        raise NotFound
    wanted = select(MarkImport).where(
        MarkImport.school_id == ctx.school_id, MarkImport.class_id == class_id, MarkImport.term == term
    )
    if not ctx.actor.has(EDIT):
        wanted = wanted.where(MarkImport.author_id == ctx.actor.account_id)
    return list(ctx.session.scalars(wanted.order_by(MarkImport.id.desc()).limit(20)))


def get_import(ctx: Context, import_id: UUID, *, hold: bool = False) -> MarkImport:
    """A workbook that the actor uploaded, or with the right to all marks any.

    Raises:
        NotFound: otherwise. Forbidden.
    """
    if not any(ctx.actor.has(name) for name in (EDIT, f"{EDIT}.{curriculum.TAUGHT}")):
        raise Forbidden(EDIT)
    wanted = select(MarkImport).where(MarkImport.school_id == ctx.school_id, MarkImport.id == import_id)
    found = ctx.session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if found is None or not (ctx.actor.has(EDIT) or found.author_id == ctx.actor.account_id):
        raise NotFound
    return found


def kept_file(ctx: Context, batch: MarkImport) -> bytes:
    """The workbook as it was uploaded."""
    with open_file(ctx, batch.file_id) as stream:
        return stream.read()


def discard(ctx: Context, import_id: UUID) -> None:
    """Set a plan aside; nothing was changed.

    Raises:
        Conflict: it was taken over. NotFound, Forbidden: as `get_import`.
    """
    batch = get_import(ctx, import_id, hold=True)
    if batch.state != "planned":
        raise Conflict(_("This workbook was taken over or set aside already."))
    batch.state = "discarded"
