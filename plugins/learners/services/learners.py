"""Pupils: list, search, one record, entering and changing by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from core.sdk import Context, fold
from core.sdk.access import reached_in, require_for
from core.sdk.audit import record
from core.sdk.data import local_date, new_id
from core.sdk.data import query as fetch
from core.sdk.errors import Conflict, Invalid, NotFound, PreconditionFailed
from core.sdk.events import emit
from core.sdk.school import current_year
from core.sdk.text import Message, _

from ..events import LEARNER_CHANGED
from ..models import Learner, SchoolClass
from ..rules.merging import changes as differences
from ._staging import Record, stage_records
from ._upserting import upsert
from .history import note_changes
from .profiles import keep_former
from .values import PRESENT, SOURCE, THIS_YEAR, VALUE

READ = "learners.learner.read"
MOST_COUNTED = 5000
"""Beyond this a list says "5.000+": counting everybody would cost more than the page itself."""


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A pupil in a list; `sort_key` and `id` are the position for the next page."""

    id: UUID
    full_name: str
    suffix: str | None
    code: str | None
    birth: str | None
    sex: int
    class_id: UUID | None
    class_name: str | None
    sort_key: str


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """One pupil: canonical values, and the version that a change must name."""

    id: UUID
    version: int
    value: dict[str, Any]


_LINE = "l.id, l.full_name, l.suffix, l.code, l.birth, l.sex, k.id AS class_id, k.name AS class_name, l.sort_key"
_PAGE = "l.id, p.full_name, l.suffix, l.code, l.birth, p.sex, p.sort_key"
_CLASS_NOW = PRESENT.replace(":year", THIS_YEAR)
# Two ways in: through the class where one is asked for, else by name; the class is looked up for the rows shown.
_BY_CLASS = """learners_class k
    JOIN learners_enrolment e ON e.class_id = k.id AND e.ends_on IS NULL
    JOIN learners_learner l ON l.id = e.learner_id
    JOIN core_person p ON p.id = l.id"""
# The pupil is looked up person by person, in the order of names, until the page is full. As a plain join the planner
# takes the school for two independent conditions, expects a handful of pupils and sorts a whole school for each page.
_PUPIL = """CROSS JOIN LATERAL (SELECT one.id, one.suffix, one.code, one.birth FROM learners_learner one
                                WHERE one.id = p.id LIMIT 1) l"""
_BY_NAME = f"core_person p {_PUPIL}"
# The persons whom a limited permission reaches are few: they are put in order first.
_REACHED = f"(SELECT * FROM core_person p WHERE <where> ORDER BY p.sort_key, p.id OFFSET 0) p {_PUPIL}"  # noqa: S608


def _wanted(
    ctx: Context, query: str, class_id: UUID | None, grade: int | None
) -> tuple[str, list[str], dict[str, Any]]:
    """FROM clause, conditions and parameters of a list."""
    parameters: dict[str, Any] = {"school": ctx.school_id}
    conditions = ["p.school_id = :school"]
    for at, word in enumerate(fold(query).split()):
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        parameters[f"word{at}"] = f"%{escaped}%"
        conditions.append(f"p.search_text LIKE :word{at}")
    if class_id is None and grade is None:
        return _BY_NAME, conditions, parameters
    conditions += ["k.school_id = :school", f"k.year_id = {THIS_YEAR}"]
    if class_id is not None:
        parameters["class"] = class_id
        conditions.append("k.id = :class")
    if grade is not None:
        parameters["grade"] = grade
        conditions.append("k.grade = :grade")
    return _BY_CLASS, conditions, parameters


def list_learners(
    ctx: Context,
    *,
    query: str = "",
    class_id: UUID | None = None,
    grade: int | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[LearnerLine]:
    """Pupils by given name; with a limited permission (`.own`) only those whom it reaches.

    Args:
        query: parts of name or code; accents do not matter.
        after: `sort_key` and `id` of the last line of the page before.
    """
    source, conditions, parameters = _wanted(ctx, query, class_id, grade)
    only, values = reached_in(ctx, READ, "p.id")
    parameters |= values
    conditions.append(only)
    if after is not None:
        parameters["after_key"], parameters["after_id"] = after
        conditions.append("(p.sort_key, p.id) > (:after_key, :after_id)")
    where = " AND ".join(conditions)
    if source is _BY_NAME and not ctx.actor.has(READ):
        source, where = _REACHED.replace("<where>", where), "true"
    # The limit is written out: a general plan has to know how few rows are wanted.
    found = f"SELECT {_PAGE} FROM {source} WHERE {where} ORDER BY p.sort_key, p.id LIMIT {int(limit)}"  # noqa: S608
    statement = f"SELECT {_LINE} FROM ({found}) l {_CLASS_NOW} ORDER BY l.sort_key, l.id"  # noqa: S608
    return [LearnerLine(*row) for row in fetch(ctx, statement, parameters)]


def count_learners(ctx: Context, *, query: str = "", class_id: UUID | None = None, grade: int | None = None) -> int:
    """How many pupils `list_learners` would give in all; `MOST_COUNTED + 1` stands for more than anybody counts."""
    ctx.require(READ)
    source, conditions, parameters = _wanted(ctx, query, class_id, grade)
    if not query and class_id is None and grade is None:
        source, conditions = "learners_learner l", ["l.school_id = :school"]
    elif class_id is None and grade is None:
        source = "core_person p JOIN learners_learner l ON l.id = p.id"
    found = f"SELECT FROM {source} WHERE {' AND '.join(conditions)} LIMIT {MOST_COUNTED + 1}"
    ((count,),) = fetch(ctx, f"SELECT count(*) FROM ({found}) found", parameters)  # noqa: S608
    return int(count)


def get_learner(ctx: Context, learner_id: UUID) -> LearnerRecord:
    """One pupil, for who may see all, or for a parent their own child.

    Raises:
        NotFound: no such pupil for this reader.
    """
    require_for(ctx, READ, learner_id)
    return record_of(ctx, learner_id)


def record_of(ctx: Context, learner_id: UUID, *, lock: bool = False) -> LearnerRecord:
    """One pupil, whoever asks: the caller has checked that."""
    parameters = {"school": ctx.school_id, "year": current_year(ctx).id, "id": learner_id}
    if lock:
        query = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id == learner_id)
        ctx.session.execute(query.with_for_update())
    statement = f"SELECT l.version, {VALUE} AS value FROM {SOURCE} WHERE l.school_id = :school AND l.id = :id"  # noqa: S608
    row = ctx.session.execute(text(statement), parameters).one_or_none()
    if row is None:
        raise NotFound
    return LearnerRecord(learner_id, row.version, row.value)


def create_learner(ctx: Context, value: dict[str, Any]) -> UUID:
    """Enter a pupil by hand.

    Args:
        value: canonical values; a name is required.

    Raises:
        Invalid: a value breaks a rule. Conflict: the code or the personal ID belongs to another pupil.
    """
    ctx.require("learners.learner.edit")
    _check(ctx, value, None)
    learner_id = new_id()
    _write(ctx, Record(0, learner_id, True, msgspec.json.encode(value)))
    record(ctx, "learners.learner.created", target=("learner", learner_id))
    emit(ctx, LEARNER_CHANGED, {"person_id": str(learner_id)})
    return learner_id


def update_learner(
    ctx: Context, learner_id: UUID, changed: dict[str, Any], *, version: int | None = None
) -> LearnerRecord:
    """Change values of a pupil. The trail names the fields; the values stand in the history of the record.

    Args:
        changed: canonical values that replace the present ones; None empties a field.
        version: the version that was read; without it the last change wins.

    Raises:
        NotFound, Invalid, Conflict: as `create_learner`. PreconditionFailed: somebody changed it since.
    """
    ctx.require("learners.learner.edit")
    before = record_of(ctx, learner_id, lock=True)
    if version is not None and version != before.version:
        raise PreconditionFailed(_("Somebody changed this record since you read it. Load it again."))
    value = before.value | changed
    found = differences(before.value, value)
    if not found:
        return before
    _check(ctx, value, learner_id)
    _write(ctx, Record(0, learner_id, False, msgspec.json.encode(value)))
    note_changes(ctx, learner_id, found)
    for field, scheme in (("mahocsinh", "sector"), ("sodinhdanh", "personal")):
        if field in found:
            keep_former(ctx, learner_id, scheme, found[field][0])
    record(ctx, "learners.learner.changed", target=("learner", learner_id), detail={"fields": sorted(found)})
    emit(ctx, LEARNER_CHANGED, {"person_id": str(learner_id)})
    return record_of(ctx, learner_id)


def _write(ctx: Context, one: Record) -> None:
    year = current_year(ctx)
    now = ctx.now()
    today = local_date(now)
    stage_records(ctx.session, [one])
    upsert(
        ctx, year=year.id, starts_on=max(year.starts_on, min(today, year.ends_on)), today=today, now=now, import_id=None
    )
    ctx.session.expire_all()


def _check(ctx: Context, value: dict[str, Any], learner_id: UUID | None) -> None:
    problems: dict[str, Message] = {}
    if not value.get("hovaten"):
        problems["hovaten"] = _("Please enter the full name.")
    name = value.get("lop")
    if name:
        found = select(SchoolClass.id).where(
            SchoolClass.school_id == ctx.school_id,
            SchoolClass.year_id == current_year(ctx).id,
            SchoolClass.name == name,
        )
        if ctx.session.execute(found).first() is None:
            problems["lop"] = _("This class is not in the list of classes of the school year.")
    if problems:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    for field, column in (("mahocsinh", Learner.code), ("sodinhdanh", Learner.personal_id)):
        if value.get(field):
            taken = select(Learner.id).where(Learner.school_id == ctx.school_id, column == value[field])
            other = ctx.session.execute(taken).scalar_one_or_none()
            if other is not None and other != learner_id:
                raise Conflict(_("Another pupil has this code or personal ID already."), code="number_taken")
