"""By which rules a school makes its results: the national sets with its choices, and sets of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, text, update

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, NotFound
from core.sdk.settings import get
from plugins.attendance import public as attendance
from plugins.learners import public as learners

from ..access import RULES
from ..grid.fitting import require_fits
from ..models import OwnRuleSet, YearRow
from ..rules import Catalogue, Options, RuleSet, RuleSetError, national, parse, with_options
from ..rules.catalogue import refuse_overlap
from ..rules.reading import read
from ..settings import ENOUGH, PRIMARY_MINIMUM, RAISE_CLAUSE

MOST_BYTES = 200_000
_HELD = "assessment.school_rules"
_CODE = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('assessment_rule_set:' || CAST(:school AS text), 0))")
_parsed = lru_cache(maxsize=64)(parse)
"""Pure: a text always means the same."""


@dataclass(frozen=True, slots=True)
class SchoolRules:
    """The sets that hold at a school, as it applies them: first its own that was chosen for the class, then its own for
    all classes of the grade, then the national one."""

    own: tuple[tuple[RuleSet, frozenset[UUID]], ...]
    """Each with the classes for which it was chosen; none: all of its grades."""
    national: Catalogue

    def choose(self, stage: str, grade: int, year: int, *, on: date, class_id: UUID | None = None) -> RuleSet:
        """The set that holds for a class; arguments and errors as `Catalogue.choose`."""
        fitting = [(one, ids) for one, ids in self.own if one.covers(stage, grade, year) and one.effective <= on]
        chosen = [one for one, ids in fitting if class_id in ids] or [one for one, ids in fitting if not ids]
        if chosen:
            return chosen[0]
        return self.national.choose(stage, grade, year, on=on)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A set of the school's own. `rules` is None where the program can no longer read it; `problem` says why."""

    id: UUID
    code: str
    made_by: str
    made_at: datetime
    ended: str
    ended_by: str
    ended_at: datetime | None
    rules: RuleSet | None
    problem: Message | None = None
    class_ids: tuple[UUID, ...] = ()
    """The classes for which it was chosen; none: all of its grades."""


def in_force(ctx: Context) -> SchoolRules:
    """The rules of the context's school; asked of the database once in a context.

    The choices are for what the national acts leave open; a set of the school's own says itself how it is meant. Only
    what one absence is follows the registers for both: the count is made there.

    Raises:
        RuleSetError: a set of the school's own cannot be read any more.
    """
    found: SchoolRules | None = ctx.session.info.get(_HELD)
    if found is None:
        basis = cast("Literal['session', 'day']", attendance.counting_basis(ctx))
        mode = cast("Literal['conservative', 'generous']", get(ctx, RAISE_CLAUSE))
        options = Options(mode, basis, int(get(ctx, PRIMARY_MINIMUM)), _enough(ctx))
        own = tuple((with_options(held.rules, Options(absence_basis=basis)), held.class_ids) for held in _own(ctx))
        found = SchoolRules(own, Catalogue(tuple(with_options(one, options) for one in national().sets)))
        ctx.session.info[_HELD] = found
    return found


def _enough(ctx: Context) -> dict[str, int]:
    """How many subjects the learning levels of continuing education need, where the school has set it."""
    given = {level: int(get(ctx, key) or 0) for level, key in ENOUGH.items()}
    return {level: count for level, count in given.items() if count > 0}


class _Own(NamedTuple):
    """A set of the school's own that is in force."""

    id: UUID
    rules: RuleSet
    class_ids: frozenset[UUID]


def _own(ctx: Context) -> list[_Own]:
    wanted = select(OwnRuleSet.id, OwnRuleSet.source, OwnRuleSet.class_ids).where(
        OwnRuleSet.school_id == ctx.school_id, OwnRuleSet.ended == ""
    )
    rows = ctx.session.execute(wanted.order_by(OwnRuleSet.code))
    return [_Own(row.id, _parsed(row.source), frozenset(row.class_ids)) for row in rows]


def own_sets(ctx: Context) -> list[OwnLine]:
    """The school's own sets, those in force first, then by when they came.

    Raises:
        Forbidden.
    """
    ctx.require(RULES)
    wanted = (
        select(OwnRuleSet)
        .where(OwnRuleSet.school_id == ctx.school_id)
        .order_by(OwnRuleSet.ended != "", OwnRuleSet.made_at.desc(), OwnRuleSet.id.desc())
    )
    return [_line(row) for row in ctx.session.scalars(wanted)]


def _line(row: OwnRuleSet) -> OwnLine:
    rules, problem = None, None
    try:
        rules = _parsed(row.source)
    except RuleSetError as error:
        problem = error.message
    return OwnLine(
        row.id, row.code, row.made_by, row.made_at, row.ended, row.ended_by, row.ended_at, rules, problem,
        tuple(row.class_ids),
    )  # fmt: skip


def source(ctx: Context, set_id: UUID) -> tuple[str, str]:
    """The code and the file of an own set, also of one that is no longer in force.

    Raises:
        NotFound, Forbidden.
    """
    ctx.require(RULES)
    row = _get(ctx, set_id)
    return row.code, row.source


def add(ctx: Context, content: bytes, class_ids: Sequence[UUID] | None = None) -> UUID:
    """Take a file of rules into force; a set of the same code is replaced and kept.

    Args:
        class_ids: the classes for which it holds; none of them: all classes of its grades. Without it as the set that
            it replaces.

    Raises:
        RuleSetError: the file cannot be used (key and line are named), or another set holds for the same classes.
        NotFound: no such class. Forbidden.
    """
    ctx.require(RULES)
    found, text_ = _checked(content)
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    own = _own(ctx)
    before = next((one.class_ids for one in own if one.rules.code == found.code), frozenset[UUID]())
    chosen = before if class_ids is None else frozenset(class_ids)
    national().with_sets([found])
    _refuse_overlaps([one for one in own if one.rules.code != found.code], found, chosen)
    _require_classes(ctx, chosen, found)
    replaced = _end(ctx, "replaced", OwnRuleSet.code == found.code)
    row = OwnRuleSet(
        id=new_id(), school_id=ctx.school_id, code=found.code, source=text_, made_by=ctx.actor.name, made_at=ctx.now(),
        class_ids=sorted(chosen),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    ctx.session.info.pop(_HELD, None)
    detail = {"code": found.code, "replaces": str(replaced or ""), "classes": len(chosen)}
    record(ctx, "assessment.rules.added", target=("assessment_rule_set", row.id), detail=detail)
    return row.id


def choose_classes(ctx: Context, set_id: UUID, class_ids: Sequence[UUID]) -> None:
    """Let an own set hold for these classes, or with none of them for all classes of its grades.

    Raises:
        RuleSetError: another set holds for one of them already, or it is of another grade.
        NotFound: no such set or class. Conflict: the set is not in force. Forbidden.
    """
    ctx.require(RULES)
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    row = _get(ctx, set_id)
    if row.ended:
        raise Conflict(_("This rule set is no longer in force."))
    rules, chosen = _parsed(row.source), frozenset(class_ids)
    _refuse_overlaps([one for one in _own(ctx) if one.id != set_id], rules, chosen)
    _require_classes(ctx, chosen, rules)
    row.class_ids = sorted(chosen)
    ctx.session.flush()
    ctx.session.info.pop(_HELD, None)
    detail = {"code": row.code, "classes": len(chosen)}
    record(ctx, "assessment.rules.classes", target=("assessment_rule_set", row.id), detail=detail)


def _refuse_overlaps(others: Sequence[_Own], found: RuleSet, chosen: frozenset[UUID]) -> None:
    """Two sets may share a grade only where one of them is for chosen classes and the other not for these."""
    for other in others:
        if chosen & other.class_ids or not (chosen or other.class_ids):
            refuse_overlap(other.rules, found)


def _require_classes(ctx: Context, chosen: frozenset[UUID], rules: RuleSet) -> None:
    for class_id in chosen:
        klass = learners.class_of(ctx, class_id)
        if klass.grade not in rules.first_year:
            raise RuleSetError(_("This rule set is not for the grade of class %(name)s.", name=klass.name))


def take_back(ctx: Context, set_id: UUID) -> None:
    """Take an own set out of force; it stays readable.

    Raises:
        NotFound: no such set. Conflict: it is not in force, or results of a year stand on it.
        Forbidden.
    """
    ctx.require(RULES)
    row = _get(ctx, set_id)
    used = select(exists().where(YearRow.school_id == ctx.school_id, YearRow.rule_set == row.code))
    if ctx.session.scalar(used):
        raise Conflict(_("Results were made by this rule set: it stays. A newer file of the same code replaces it."))
    if _end(ctx, "taken_back", OwnRuleSet.id == set_id) is None:
        raise Conflict(_("This rule set is no longer in force."))
    ctx.session.info.pop(_HELD, None)
    detail = {"code": row.code}
    record(ctx, "assessment.rules.taken_back", target=("assessment_rule_set", row.id), detail=detail)


def _end(ctx: Context, how: str, which: ColumnElement[bool]) -> UUID | None:
    statement = (
        update(OwnRuleSet)
        .where(OwnRuleSet.school_id == ctx.school_id, OwnRuleSet.ended == "", which)
        .values(ended=how, ended_by=ctx.actor.name, ended_at=ctx.now())
        .returning(OwnRuleSet.id)
    )
    return ctx.session.execute(statement).scalar_one_or_none()


def _get(ctx: Context, set_id: UUID) -> OwnRuleSet:
    wanted = select(OwnRuleSet).where(OwnRuleSet.school_id == ctx.school_id, OwnRuleSet.id == set_id)
    row = ctx.session.scalars(wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def _checked(content: bytes) -> tuple[RuleSet, str]:
    if len(content) > MOST_BYTES:
        raise RuleSetError(_("A file of rules is smaller than 200 KB; this one is not one."))
    try:
        text_ = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise RuleSetError(_("This is no text file in UTF-8.")) from error
    found = parse(text_)
    if not _CODE.fullmatch(found.code):
        raise read(text_).wrong("code", _("small letters, digits, points and hyphens only, from 2 to 40"))
    require_fits(found, text_)
    return found, text_
