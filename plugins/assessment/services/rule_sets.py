"""By which rules a school makes its results: the national sets with its choices, and sets of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, text, update

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, NotFound
from core.sdk.settings import get
from plugins.attendance import public as attendance

from ..access import RULES
from ..grid.fitting import require_fits
from ..models import OwnRuleSet, YearRow
from ..rules import Catalogue, Options, RuleSet, RuleSetError, national, parse, with_options
from ..rules.catalogue import refuse_overlap
from ..rules.reading import read
from ..settings import PRIMARY_MINIMUM, RAISE_CLAUSE

MOST_BYTES = 200_000
_HELD = "assessment.school_rules"
_CODE = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('assessment_rule_set:' || CAST(:school AS text), 0))")
_parsed = lru_cache(maxsize=64)(parse)
"""Pure: a text always means the same."""


@dataclass(frozen=True, slots=True)
class SchoolRules:
    """The sets that hold at a school, as it applies them. One of its own goes before the national one."""

    own: tuple[RuleSet, ...]
    national: Catalogue

    def choose(self, stage: str, grade: int, year: int, *, on: date) -> RuleSet:
        """The set that holds; arguments and errors as `Catalogue.choose`."""
        for one in self.own:
            if one.covers(stage, grade, year) and one.effective <= on:
                return one
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


def in_force(ctx: Context) -> SchoolRules:
    """The rules of the context's school; asked of the database once in a context.

    The choices are for what the national acts leave open; a set of the school's own says itself how it is meant. Only
    what one absence is follows the registers for both: the count is made there.

    Raises:
        RuleSetError: a set of the school's own cannot be read any more.
    """
    held: SchoolRules | None = ctx.session.info.get(_HELD)
    if held is None:
        basis = cast("Literal['session', 'day']", attendance.counting_basis(ctx))
        mode = cast("Literal['conservative', 'generous']", get(ctx, RAISE_CLAUSE))
        options = Options(mode, basis, int(get(ctx, PRIMARY_MINIMUM)))
        own = tuple(with_options(one, Options(absence_basis=basis)) for _id, one in _own(ctx))
        held = SchoolRules(own, Catalogue(tuple(with_options(one, options) for one in national().sets)))
        ctx.session.info[_HELD] = held
    return held


def _own(ctx: Context) -> list[tuple[UUID, RuleSet]]:
    wanted = select(OwnRuleSet.id, OwnRuleSet.source).where(
        OwnRuleSet.school_id == ctx.school_id, OwnRuleSet.ended == ""
    )
    return [(row.id, _parsed(row.source)) for row in ctx.session.execute(wanted.order_by(OwnRuleSet.code))]


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
    return OwnLine(row.id, row.code, row.made_by, row.made_at, row.ended, row.ended_by, row.ended_at, rules, problem)


def source(ctx: Context, set_id: UUID) -> tuple[str, str]:
    """The code and the file of an own set, also of one that is no longer in force.

    Raises:
        NotFound, Forbidden.
    """
    ctx.require(RULES)
    row = _get(ctx, set_id)
    return row.code, row.source


def add(ctx: Context, content: bytes) -> UUID:
    """Take a file of rules into force; a set of the same code is replaced and kept.

    Raises:
        RuleSetError: the file cannot be used (key and line are named), or another set holds for the same classes.
        Forbidden.
    """
    ctx.require(RULES)
    found, text_ = _checked(content)
    ctx.session.execute(_LOCK, {"school": ctx.school_id})
    others = [(id, one) for id, one in _own(ctx) if one.code != found.code]
    national().with_sets([found])
    for _id, other in others:
        refuse_overlap(other, found)
    replaced = _end(ctx, "replaced", OwnRuleSet.code == found.code)
    row = OwnRuleSet(
        id=new_id(), school_id=ctx.school_id, code=found.code, source=text_, made_by=ctx.actor.name, made_at=ctx.now()
    )
    ctx.session.add(row)
    ctx.session.flush()
    ctx.session.info.pop(_HELD, None)
    detail = {"code": found.code, "replaces": str(replaced or "")}
    record(ctx, "assessment.rules.added", target=("assessment_rule_set", row.id), detail=detail)
    return row.id


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
