"""Looking at imports: the list of them, the rows of a plan by kind, and their explanations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, text

from core.sdk import Context, Message, fold
from core.sdk.imports import column_letter

from ..models import Import, ImportRow
from ..rules.codes import field_label, message_of
from ..rules.merging import changes, merge
from .planning import get_import

Kind = Literal["new", "changed", "check", "refused", "unchanged", "all"]
KINDS: tuple[Kind, ...] = ("new", "changed", "check", "refused", "unchanged", "all")


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding, ready for people: where, what, what was typed, what is proposed."""

    code: str
    place: str
    field: Message
    message: Message
    cell: str
    proposal: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changes."""

    field: Message
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of a plan, for pages and API."""

    number: int
    place: str
    status: str
    action: str
    full_name: str
    class_name: str
    code: str | None
    birth: str | None
    learner_id: UUID | None
    reasons: list[Reason]
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in a list."""

    id: UUID
    file_name: str
    state: str
    author: str
    created_at: datetime
    confirmed_at: datetime | None
    actions: dict[str, int]


def imports(ctx: Context, limit: int = 50) -> list[ImportLine]:
    """The latest imports of the school, newest first."""
    ctx.require("learners.import.run")
    columns = (
        Import.id, Import.file_name, Import.state, Import.author, Import.created_at, Import.confirmed_at,
        Import.summary["actions"],
    )  # fmt: skip
    query = select(*columns).where(Import.school_id == ctx.school_id).order_by(Import.id.desc()).limit(limit)
    return [
        ImportLine(row[0], row[1], row[2], row[3], row[4], row[5], row[6] or {}) for row in ctx.session.execute(query)
    ]


def plan_counts(ctx: Context, import_id: UUID) -> dict[Kind, int]:
    """Rows of a plan by kind; a row to check is also new, changed or unchanged."""
    ctx.require("learners.import.run")
    query = text(
        "SELECT action, status, count(*) AS n FROM learners_import_row"
        " WHERE school_id = :school AND import_id = :import GROUP BY action, status"
    )
    counts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
    for row in ctx.session.execute(query, {"school": ctx.school_id, "import": import_id}):
        counts["all"] += row.n
        counts[row.action] += row.n
        if row.status == "warn":
            counts["check"] += row.n
    return counts


def plan_rows(
    ctx: Context,
    import_id: UUID,
    kind: Kind = "all",
    *,
    query: str = "",
    class_name: str = "",
    code: str = "",
    after: int = -1,
    limit: int = 50,
) -> list[PlanRow]:
    """Rows of a plan in the order of the file.

    Args:
        kind: which rows; `check` are those that a person is asked to look at.
        query: part of a name, accents do not matter.
        code: only rows with this finding.
        after: number of the last row of the page before.
    """
    ctx.require("learners.import.run")
    batch = get_import(ctx, import_id)
    wanted = select(ImportRow).where(
        ImportRow.school_id == ctx.school_id, ImportRow.import_id == import_id, ImportRow.number > after
    )
    if kind == "check":
        wanted = wanted.where(ImportRow.status == "warn")
    elif kind != "all":
        wanted = wanted.where(ImportRow.action == kind)
    if query:
        wanted = wanted.where(ImportRow.search_text.contains(fold(query), autoescape=True))
    if class_name:
        wanted = wanted.where(ImportRow.class_name == class_name)
    if code:
        wanted = wanted.where(ImportRow.findings.contains([[code]]))
    rows = ctx.session.execute(wanted.order_by(ImportRow.number).limit(limit)).scalars().all()
    columns = _columns(batch)
    with_nationality = any("quoctich" in fields for fields in columns.values())
    return [_shown(row, columns.get(row.sheet, {}), with_nationality) for row in rows]


def _columns(batch: Import) -> dict[str, dict[str, int]]:
    return {layout["sheet"]: layout["fields"] for layout in batch.summary.get("layouts", [])}


_FIRST = {
    "hovaten": ("hovaten", "hodem"),
    "ngaysinh": ("ngaysinh", "ngay", "nam"),
    "gioitinh": ("gioitinh", "nam_gioi", "nu"),
    "noio": ("noio_xa", "noio", "noio_chitiet"),
    "cha": ("cha_hovaten", "cha_sdt", "cha_namsinh"),
    "me": ("me_hovaten", "me_sdt", "me_namsinh"),
    "nguoigiamho": ("nguoigiamho_hovaten", "nguoigiamho_sdt"),
    "noisinh_tinh": ("noisinh",),
}
_BY_CODE = {"W_PHONE_INVALID": "sdt", "W_PARENT_YEAR": "namsinh"}


def column_of(fields: dict[str, int], field: str, code: str = "") -> int | None:
    """The column of a field in one layout; of a parent the part that the finding speaks of."""
    part = _BY_CODE.get(code)
    if part and f"{field}_{part}" in fields:
        return fields[f"{field}_{part}"]
    return next((fields[name] for name in _FIRST.get(field, (field,)) if name in fields), None)


def _shown(row: ImportRow, fields: dict[str, int], with_nationality: bool) -> PlanRow:
    where = f"{row.sheet} · " if row.sheet else ""
    reasons = []
    for code, field, cell, proposal in row.findings:
        column = column_of(fields, field, code)
        letter = column_letter(column) if column is not None else ""
        place = f"{where}{letter}{row.row}"
        reasons.append(
            Reason(code, place, field_label(field), message_of(code, cell, proposal), cell, proposal, code[0] == "E")
        )
    reasons.sort(key=lambda reason: not reason.grave)
    changed: list[Change] = []
    if row.before is not None and row.action == "changed":
        merged = merge(row.before, row.value, with_nationality=with_nationality)
        changed = [Change(field_label(name), old, new) for name, (old, new) in changes(row.before, merged).items()]
    value = row.value
    return PlanRow(
        row.number, f"{where}{row.row}", row.status, row.action, row.full_name, row.class_name,
        value.get("mahocsinh"), value.get("ngaysinh"), row.learner_id, reasons, changed,
    )  # fmt: skip
