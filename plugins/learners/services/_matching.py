"""Rows of a plan against the records of the school: by code, by personal ID or paper, else by name, birth and class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.sdk import Context
from core.sdk.imports import Finding

from ..rules.merging import changes, merge
from ..rules.planner import LearnerPlan
from ..rules.record import DECODER
from .values import SOURCE, VALUE

_KEYS = text(
    "SELECT l.id, l.code, coalesce(l.personal_id, l.paper_number) AS number, c.full_name, l.birth, l.version, k.name"  # noqa: S608
    f" FROM {SOURCE} WHERE l.school_id = :school"
)
_VALUES = text(
    f"SELECT l.id, {VALUE} AS value FROM {SOURCE} WHERE l.school_id = :school AND l.id = ANY(:ids)"  # noqa: S608
)
_CHUNK = 5000


@dataclass(slots=True)
class Matches:
    """By index of the row: the record it belongs to, its version, its value before, and what changes."""

    learner: dict[int, UUID] = field(default_factory=dict)
    version: dict[int, int] = field(default_factory=dict)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, dict[str, list[Any]]] = field(default_factory=dict)


def match(ctx: Context, plan: LearnerPlan, year: UUID) -> Matches:
    """Find the records of the rows; refuse rows whose numbers belong to two records."""
    found = Matches()
    parameters = {"school": ctx.school_id, "year": year}
    if ctx.session.execute(
        text("SELECT 1 FROM learners_learner WHERE school_id = :school LIMIT 1"), parameters
    ).first():
        _find(ctx, plan, parameters, found)
    return found


def _find(ctx: Context, plan: LearnerPlan, parameters: dict[str, Any], found: Matches) -> None:
    by_code: dict[str, Any] = {}
    by_number: dict[str, Any] = {}
    by_person: dict[tuple[str, str | None, str | None], list[Any]] = {}
    for known in ctx.session.execute(_KEYS, parameters):
        if known.code:
            by_code[known.code] = known
        if known.number:
            by_number[known.number] = known
        by_person.setdefault((known.full_name.casefold(), known.birth, known.name), []).append(known)
    taken: dict[UUID, int] = {}
    wanted: dict[UUID, int] = {}
    for index, row in enumerate(plan.rows):
        if row.status == "refuse":
            continue
        value = DECODER.decode(row.value)
        number = value.sodinhdanh or (value.giayto.so if value.giayto else None)
        first = by_code.get(value.mahocsinh) if value.mahocsinh else None
        second = by_number.get(number) if number else None
        if first is not None and second is not None and first.id != second.id:
            _refuse(plan, index, Finding("E_ID_SHARED", "sodinhdanh", number or ""))
            continue
        record = first if first is not None else second
        if record is not None and _is_somebody_else(record, value):
            code = "E_CODE_SHARED" if first is not None else "E_ID_SHARED"
            _refuse(plan, index, Finding(code, "mahocsinh" if first is not None else "sodinhdanh", record.full_name))
            continue
        if record is None:
            same = by_person.get(((value.hovaten or "").casefold(), value.ngaysinh, value.lop), [])
            lonely = [one for one in same if not (one.number and number) and not (one.code and value.mahocsinh)]
            record = lonely[0] if len(lonely) == 1 and len(value.ngaysinh or "") == 10 else None
        if record is None:
            continue
        if record.id in taken:
            _refuse(plan, index, Finding("E_DUPLICATE", "row"))
            continue
        taken[record.id] = index
        wanted[record.id] = index
        found.learner[index], found.version[index] = record.id, record.version
    _compare(ctx, plan, parameters, wanted, found)


def _is_somebody_else(record: Any, value: Any) -> bool:
    """The same code with another name and another birth is another child, not a correction."""
    other_name = record.full_name.casefold() != (value.hovaten or "").casefold()
    other_birth = bool(record.birth and value.ngaysinh and record.birth[:4] != value.ngaysinh[:4])
    return other_name and other_birth


def _refuse(plan: LearnerPlan, index: int, finding: Finding) -> None:
    plan.rows[index].findings.append(finding)
    plan.rows[index].settle()


def _compare(
    ctx: Context, plan: LearnerPlan, parameters: dict[str, Any], wanted: dict[UUID, int], found: Matches
) -> None:
    with_nationality = any("quoctich" in layout.fields for layout in plan.layouts)
    ids = list(wanted)
    for start in range(0, len(ids), _CHUNK):
        chunk = {**parameters, "ids": ids[start : start + _CHUNK]}
        for record_id, before in ctx.session.execute(_VALUES, chunk):
            index = wanted[record_id]
            new = msgspec.json.decode(plan.rows[index].value)
            found.before[index] = before
            found.changes[index] = changes(before, merge(before, new, with_nationality=with_nationality))
