"""Reductions of a round as the database computes them: exemptions, several children, what the state pays."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CTE, ColumnElement, Date, and_, cast, exists, func, literal, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.sdk import Context
from core.sdk.people import Person, Relation
from core.sdk.school import school_of
from plugins.finance.models import Exemption, Item, Round, RoundItem, SiblingRule, Support
from plugins.finance.roll import enrolled
from plugins.finance.rules.exemptions import last_day

_UNKNOWN = date(9999, 12, 31)
"""Children whose birthday nobody knows come last."""


def _holds(
    valid_from: InstrumentedAttribute[date], valid_to: InstrumentedAttribute[date | None], row: Round
) -> ColumnElement[bool]:
    """Whether it holds on the last day of the month that is collected for."""
    day = last_day(row.period)
    return and_(valid_from <= day, or_(valid_to.is_(None), valid_to >= day))


def reductions(ctx: Context, row: Round) -> CTE:
    """The best reduction of each pupil and item: `person_id, item_id, percent, exemption_id, rule_id`.

    Percentages never add up. Of an exemption and a rule that are worth the same, the exemption counts.
    """
    exempt = _exemptions(row)
    if not _any_sibling_rule(ctx, row):
        return exempt
    rules = _sibling_reductions(ctx, row)
    both = select(*(exempt.c[n] for n in _NAMES)).union_all(select(*(rules.c[n] for n in _NAMES))).subquery()
    return (
        select(*both.c)
        .ext(distinct_on(both.c.person_id, both.c.item_id))
        .order_by(both.c.person_id, both.c.item_id, both.c.percent.desc(), both.c.exemption_id.nulls_last())
        .cte("reduction")
    )


_NAMES = ("person_id", "item_id", "percent", "exemption_id", "rule_id")


def _exemptions(row: Round) -> CTE:
    """The best approved exemption of each pupil and item that holds on any day of the month."""
    items = func.unnest(Exemption.item_ids).table_valued("item_id").render_derived(name="exempt")
    item_id = items.c.item_id
    return (
        select(
            Exemption.person_id,
            item_id,
            Exemption.percent,
            Exemption.id.label("exemption_id"),
            literal(None, Exemption.id.type).label("rule_id"),
        )
        .join_from(Exemption, items, true())
        .where(
            Exemption.school_id == row.school_id,
            Exemption.approved_at.is_not(None),
            Exemption.valid_from <= last_day(row.period),
            Exemption.valid_to >= row.period,
        )
        .ext(distinct_on(Exemption.person_id, item_id))
        .order_by(Exemption.person_id, item_id, Exemption.percent.desc(), Exemption.id)
        .cte("exemption")
    )


def _any_sibling_rule(ctx: Context, row: Round) -> bool:
    """Looking for brothers and sisters costs; without a rule nobody looks."""
    mine = SiblingRule.school_id == row.school_id, _holds(SiblingRule.valid_from, SiblingRule.valid_to, row)
    return bool(ctx.session.scalar(select(exists().where(*mine, SiblingRule.item_id == RoundItem.item_id,
                                                         RoundItem.round_id == row.id))))  # fmt: skip


def nth_child(ctx: Context) -> CTE:
    """Which child of the family a pupil is among those at the school now, the oldest first: `person_id, nth`.

    A family is whoever has a father, mother or guardian in common. First children are left out.
    """
    mine, other = aliased(Relation), aliased(Relation)
    child, older = aliased(Person), aliased(Person)
    here = enrolled(ctx)
    born = cast(_UNKNOWN, Date)
    earlier = tuple_(func.coalesce(older.birth_date, born), older.id) < tuple_(
        func.coalesce(child.birth_date, born), child.id
    )
    return (
        select(mine.related_id.label("person_id"), (func.count(other.related_id.distinct()) + 1).label("nth"))
        .select_from(mine)
        .join(other, and_(other.person_id == mine.person_id, other.school_id == mine.school_id))
        .join(here, here.c.person_id == other.related_id)
        .join(child, child.id == mine.related_id)
        .join(older, older.id == other.related_id)
        .where(mine.school_id == ctx.school_id, earlier)
        .group_by(mine.related_id)
        .cte("child")
    )


def _sibling_reductions(ctx: Context, row: Round) -> CTE:
    children = nth_child(ctx)
    return (
        select(
            children.c.person_id,
            SiblingRule.item_id,
            SiblingRule.percent,
            literal(None, Exemption.id.type).label("exemption_id"),
            SiblingRule.id.label("rule_id"),
        )
        .join_from(children, SiblingRule, SiblingRule.nth <= children.c.nth)
        .where(SiblingRule.school_id == row.school_id, _holds(SiblingRule.valid_from, SiblingRule.valid_to, row))
        .ext(distinct_on(children.c.person_id, SiblingRule.item_id))
        .order_by(children.c.person_id, SiblingRule.item_id, SiblingRule.nth.desc(), SiblingRule.valid_from.desc(),
                  SiblingRule.id)
        .cte("sibling")
    )  # fmt: skip


def supports(ctx: Context, row: Round) -> CTE | None:
    """What the state pays for each item and grade: `item_id, grade, amount, rule_id`; None when it pays nothing here.

    Only tuition of private schools has it: public ones collect none (Decree 238/2025).
    """
    if school_of(ctx).ownership != "private":
        return None
    grades = func.generate_series(Support.grade_from, Support.grade_to).table_valued("grade").render_derived(name="g")
    query = (
        select(Support.item_id, grades.c.grade, Support.amount, Support.id.label("rule_id"))
        .join_from(Support, grades, true())
        .join(Item, and_(Item.id == Support.item_id, Item.kind == "tuition"))
        .join(RoundItem, and_(RoundItem.item_id == Support.item_id, RoundItem.round_id == row.id))
        .where(Support.school_id == row.school_id, _holds(Support.valid_from, Support.valid_to, row))
        .ext(distinct_on(Support.item_id, grades.c.grade))
        .order_by(Support.item_id, grades.c.grade, Support.valid_from.desc(), Support.id)
    )
    return query.cte("support") if ctx.session.execute(query.limit(1)).first() else None
