"""Uploading a list: it is kept as it came, read, and its plan is stored row by row. No record is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, text

from core.sdk import Context, Progress, fold
from core.sdk.audit import record
from core.sdk.data import in_memory, new_id, refresh_statistics
from core.sdk.errors import Conflict, NotFound
from core.sdk.imports import collector_paused, column_letter, read_tables
from core.sdk.school import SchoolYear, current_year
from core.sdk.text import _
from core.sdk.work import enqueue

from ..models import Import, ImportRow, SchoolClass
from ..rules.planner import Expected, LearnerPlan, plan_learners
from ._matching import Matches, match
from .copying import create, fill
from .documents import keep_list, kept_list

_COLUMNS = {
    "number": "bigint", "sheet": "text", "row": "bigint", "line": "bigint", "status": "text", "action": "text",
    "notes": "text[]", "findings": "jsonb", "value": "jsonb", "full_name": "text", "class_name": "text",
    "search_text": "text", "learner_id": "uuid", "version": "bigint", "before": "jsonb",
}  # fmt: skip
_INSERT = text(
    f"INSERT INTO learners_import_row (import_id, school_id, {', '.join(_COLUMNS)})"  # noqa: S608
    f" SELECT :import, :school, {', '.join(_COLUMNS)} FROM learners_stage_plan"
)
MOST_IGNORED = 400
INLINE_BYTES = 2 * 1024 * 1024
"""A larger file is read in the background, with progress."""


class _Shown(msgspec.Struct):
    """The two values of a row that lists of the plan show."""

    hovaten: str | None = None
    lop: str | None = None


_SHOWN = msgspec.json.Decoder(_Shown)


def start_import(ctx: Context, file_name: str, content: bytes) -> UUID:
    """Keep an uploaded list, read it and store its plan.

    Raises:
        UnreadableFile: the file is no list of pupils that can be read; nothing is kept.
        NotFound: no school year is open.
    """
    ctx.require("learners.import.run")
    year = current_year(ctx)
    later = len(content) > INLINE_BYTES
    plan = None if later else read_plan(ctx, content, year.id, year.starts_on.year)
    import_id = new_id()
    batch = Import(
        id=import_id,
        school_id=ctx.school_id,
        year_id=year.id,
        file_name=file_name[:200] or "list",
        file_id=keep_list(ctx, file_name, content),
        state="reading",
        author=ctx.actor.name,
    )
    ctx.session.add(batch)
    ctx.session.flush()
    if plan is None:
        batch.job_id = enqueue(ctx, "learners.import.read", {"import_id": str(import_id)}, key=str(import_id))
        ctx.session.flush()
    else:
        _store(ctx, batch, plan)
    return import_id


def read_import(ctx: Context, import_id: UUID, progress: Progress | None = None) -> None:
    """Read a large file that was only kept so far (the background half of `start_import`)."""
    batch = get_import(ctx, import_id, lock=True)
    if batch.state != "reading":
        return
    _replan(ctx, batch, progress)


def read_plan(
    ctx: Context, content: bytes, year_id: UUID, first_year: int, tick: Callable[[int], None] | None = None
) -> LearnerPlan:
    """Read a file into a plan for a school year of this school; `tick` hears of every few thousand rows."""
    names = ctx.session.execute(
        select(SchoolClass.name).where(SchoolClass.school_id == ctx.school_id, SchoolClass.year_id == year_id)
    ).scalars()
    classes = tuple(names)
    tables = read_tables(content)
    return plan_learners(tables, Expected(classes or None, first_year), tick)


def refresh_plan(ctx: Context, import_id: UUID) -> None:
    """Read the kept file again, because records or classes have changed since.

    Raises:
        Conflict: the import was confirmed already.
    """
    ctx.require("learners.import.run")
    batch = get_import(ctx, import_id, lock=True)
    if batch.state != "planned":
        raise Conflict(_("This import is already finished."))
    _replan(ctx, batch, None)


def _replan(ctx: Context, batch: Import, progress: Progress | None) -> None:
    year = ctx.session.execute(select(SchoolYear).where(SchoolYear.id == batch.year_id)).scalar_one()
    content = kept_list(ctx, batch.id)
    expected = content.count(b"\n") if not content.startswith(b"PK") else 0
    tick = (lambda done: progress(done, max(done, expected))) if progress else None
    plan = read_plan(ctx, content, batch.year_id, year.starts_on.year, tick)
    del content
    old = delete(ImportRow).where(ImportRow.school_id == ctx.school_id, ImportRow.import_id == batch.id)
    ctx.session.execute(old)
    _store(ctx, batch, plan)


def discard_import(ctx: Context, import_id: UUID) -> None:
    """Throw away a plan that nobody wants; a confirmed import can only be undone."""
    ctx.require("learners.import.run")
    batch = get_import(ctx, import_id, lock=True)
    if batch.state not in ("planned", "reading"):
        raise Conflict(_("This import is already finished."))
    ctx.session.delete(batch)
    record(ctx, "learners.import.discarded", target=("learners_import", import_id))


def get_import(ctx: Context, import_id: UUID, *, lock: bool = False) -> Import:
    """An import of this school, without its file.

    Raises:
        NotFound: no such import here.
    """
    query = select(Import).where(Import.school_id == ctx.school_id, Import.id == import_id)
    found = ctx.session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _store(ctx: Context, batch: Import, plan: LearnerPlan) -> None:
    in_memory(ctx)
    matches = match(ctx, plan, batch.year_id)
    with collector_paused():
        create(ctx.session, "learners_stage_plan", _COLUMNS)
        fill(ctx.session, "learners_stage_plan", _COLUMNS, _staged(plan, matches))
    ctx.session.execute(_INSERT, {"import": batch.id, "school": ctx.school_id})
    refresh_statistics(ctx, "learners_import_row", rows=len(plan.rows))
    batch.state = "planned"
    batch.summary = _summary(plan, matches)
    ctx.session.flush()
    detail = {"rows": len(plan.rows)}
    record(ctx, "learners.import.planned", target=("learners_import", batch.id), detail=detail)


def _staged(plan: LearnerPlan, matches: Matches) -> Iterator[tuple[Any, ...]]:
    encode = msgspec.json.encode
    for index, row in enumerate(plan.rows):
        shown = _SHOWN.decode(row.value)
        name = shown.hovaten or ""
        before = matches.before.get(index)
        action = _action(index, row.status, matches)
        is_new = action == "new"
        yield (
            index,
            row.sheet,
            row.row,
            row.line,
            row.status,
            action,
            list(row.notes),
            encode(row.findings) if row.findings else b"[]",
            row.value,
            name,
            shown.lop or "",
            fold(name),
            new_id() if is_new else matches.learner.get(index),
            1 if is_new else matches.version.get(index),
            None if before is None else encode(before),
        )


def _action(index: int, status: str, matches: Matches) -> str:
    if status == "refuse":
        return "refused"
    if index not in matches.learner:
        return "new"
    return "changed" if matches.changes.get(index) else "unchanged"


def _summary(plan: LearnerPlan, matches: Matches) -> dict[str, Any]:
    """Everything about the file that is not a row."""
    actions: dict[str, int] = {}
    for index, row in enumerate(plan.rows):
        action = _action(index, row.status, matches)
        actions[action] = actions.get(action, 0) + 1
    per_class: dict[str, int] = {}
    for row in plan.rows:
        if row.status != "refuse":
            name = _SHOWN.decode(row.value).lop or ""
            per_class[name] = per_class.get(name, 0) + 1
    return {
        "kind": plan.kind,
        "encoding": plan.encoding,
        "delimiter": plan.delimiter,
        "rows": len(plan.rows),
        "status": dict(plan.counts()),
        "actions": actions,
        "codes": dict(plan.codes()),
        "classes": plan.classes,
        "classes_proposed": plan.classes_proposed,
        "per_class": per_class,
        "layouts": [
            {
                "sheet": layout.sheet,
                "header_rows": list(layout.header_rows),
                "fields": layout.fields,
                "titles": layout.titles,
                "unmapped": [[column_letter(index), title] for index, title in layout.unmapped],
            }
            for layout in plan.layouts
        ],
        "ignored": [list(row) for row in plan.ignored[:MOST_IGNORED]],
        "headings": [[row.sheet, row.row] for row in plan.ignored if row.kind == "class_heading"],
        "ignored_count": len(plan.ignored),
        "ignored_sheets": plan.ignored_sheets,
        "differing": [list(one) for one in plan.differing],
        "groups": plan.groups,
        "links": {str(index): [kind, other] for index, (kind, other) in plan.links.items()},
    }
