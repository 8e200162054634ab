"""Bills before they go out, computed in the database for a whole school at once.

The same rule as `rules/amounts.py`, as one statement: price of the class (else grade, else school) times
quantity, an exception replaced, less the best reduction, half up to the dong; what the state pays and what a late
correction asks again are lines of their own. Preview and publishing read the same select, so they cannot come to
different amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    SmallInteger,
    Subquery,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute

from core.sdk import Context
from plugins.finance.models import Credit, Item, Price, PupilException, Round, RoundItem
from plugins.finance.roll import enrolled

from .relief import reductions, supports

ITEM, SUPPORT, CORRECTION = 0, 1, 2
"""Parts of a bill line."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of the computation, as common table expressions to select from."""

    pupils: CTE
    """`person_id, code, full_name, sort_key, search_text, class_id, class_name, grade`"""
    prices: CTE
    """`class_id, item_id, unit_price, quantity, scope`"""
    lines: CTE
    """`person_id, item_id, position, part`, quantities and amounts, `percent, exemption_id, rule_id, reason, scope`"""


def pupils_of(ctx: Context) -> Select[*tuple[Any, ...]]:
    """Pupils who can be billed: those who are in a class now."""
    return select(enrolled(ctx))


def draft_of(ctx: Context, row: Round, pupils: Select[*tuple[Any, ...]]) -> Draft:
    """The computation of a round for some pupils, a narrowed `pupils_of(ctx)`."""
    chosen = pupils.cte("pupil")
    prices = resolved_prices(row, chosen)
    return Draft(chosen, prices, _lines(ctx, row, chosen, prices))


def resolved_prices(row: Round, pupils: CTE) -> CTE:
    """For each class and item the nearest price: of the class, else of the grade, else of the school."""
    here = select(pupils.c.class_id, pupils.c.grade).distinct().subquery("here")
    whole_school = and_(Price.class_id.is_(None), Price.grade.is_(None))
    scope = case((Price.class_id.is_not(None), "class"), (Price.grade.is_not(None), "grade"), else_="school")
    return (
        select(here.c.class_id, Price.item_id, Price.unit_price, Price.quantity, scope.label("scope"))
        .join_from(here, Price, or_(Price.class_id == here.c.class_id, Price.grade == here.c.grade, whole_school))
        .where(Price.round_id == row.id, Price.school_id == row.school_id)
        .ext(distinct_on(here.c.class_id, Price.item_id))
        .order_by(here.c.class_id, Price.item_id, Price.class_id.nulls_last(), Price.grade.nulls_last())
        .cte("price")
    )


def _differs(row: Round) -> CTE:
    return (
        select(
            PupilException.person_id,
            PupilException.item_id,
            PupilException.quantity,
            PupilException.amount,
            PupilException.reason,
        )
        .where(PupilException.round_id == row.id, PupilException.school_id == row.school_id)
        .cte("differs")
    )


def _lines(ctx: Context, row: Round, pupils: CTE, prices: CTE) -> CTE:
    """Every line; parts that nobody has in this round are not even asked for."""
    main = _main_lines(ctx, row, pupils, prices)
    state, again = supports(ctx, row), _corrections(ctx, row, pupils)
    if state is None and again is None:
        return select(*main).cte("line")
    item = select(*main).cte("item_line")
    parts = [select(*item.c)]
    if state is not None:
        parts.append(_support_lines(item, pupils, state))
    if again is not None:
        parts.append(again)
    return parts[0].union_all(*parts[1:]).cte("line")


def _main_lines(ctx: Context, row: Round, pupils: CTE, prices: CTE) -> list[ColumnElement[Any]]:
    counted = _counted(row, pupils, prices, reductions(ctx, row))
    gross = counted.c.unit_price * counted.c.quantity
    amount = (gross * (100 - counted.c.percent) + 50) // 100
    shown = (
        select(*counted.c, gross.label("gross"), amount.label("amount"))
        .where(counted.c.quantity > 0, or_(counted.c.unit_price > 0, counted.c.scope == "exception"))
        .subquery("shown")
    )
    return list(shown.c)


def _counted(row: Round, pupils: CTE, prices: CTE, reduction: CTE) -> Subquery:
    """Every pupil with every item of the class; in the order of the pupils, which is that in which bills are stored."""
    offer, differs = _offer(row, pupils, prices), _differs(row)
    own_amount = differs.c.amount.is_not(None)
    of_pupil = differs.c.person_id == pupils.c.person_id, differs.c.item_id == offer.c.item_id
    reduced = reduction.c.person_id == pupils.c.person_id, reduction.c.item_id == offer.c.item_id
    return (
        select(
            pupils.c.person_id,
            offer.c.item_id,
            offer.c.position,
            cast(literal(ITEM), SmallInteger).label("part"),
            case((own_amount, 1), else_=func.coalesce(differs.c.quantity, offer.c.quantity)).label("quantity"),
            func.coalesce(differs.c.amount, offer.c.unit_price).label("unit_price"),
            func.coalesce(reduction.c.percent, 0).label("percent"),
            reduction.c.exemption_id,
            reduction.c.rule_id,
            func.coalesce(differs.c.reason, "").label("reason"),
            case((own_amount, "exception"), else_=offer.c.scope).label("scope"),
        )
        .select_from(pupils)
        .join(offer, offer.c.class_id == pupils.c.class_id)
        .outerjoin(differs, and_(*of_pupil))
        .outerjoin(reduction, and_(*reduced))
        .where(or_(own_amount, offer.c.unit_price.is_not(None)))
        .subquery("counted")
    )


def _offer(row: Round, pupils: CTE, prices: CTE) -> CTE:
    """What is asked in each class; items without a price are there too, as a pupil may have an amount of their own."""
    here = select(pupils.c.class_id).distinct().subquery("class")
    return (
        select(
            here.c.class_id,
            RoundItem.item_id,
            RoundItem.position,
            prices.c.unit_price,
            prices.c.quantity,
            prices.c.scope,
        )
        .select_from(here)
        .join(RoundItem, and_(RoundItem.round_id == row.id, RoundItem.school_id == row.school_id))
        .join(Item, and_(Item.id == RoundItem.item_id, Item.kind != "donation"))
        .outerjoin(prices, and_(prices.c.class_id == here.c.class_id, prices.c.item_id == RoundItem.item_id))
        .cte("offer")
    )


def _part(
    person_id: ColumnElement[Any],
    item_id: ColumnElement[Any],
    position: ColumnElement[Any] | InstrumentedAttribute[int],
    part: int,
    amount: ColumnElement[Any],
    rule_id: ColumnElement[Any],
    scope: str,
) -> Select[*tuple[Any, ...]]:
    """A line of one amount, in the order of columns of a main line."""
    whole = cast(amount, BigInteger)
    return select(
        person_id,
        item_id,
        position,
        cast(literal(part), SmallInteger),
        cast(literal(1), BigInteger),
        whole,
        cast(literal(0), BigInteger),
        cast(null(), Uuid()),
        rule_id,
        cast(literal(""), Text()),
        cast(literal(scope), Text()),
        whole,
        whole,
    )


def _support_lines(item: CTE, pupils: CTE, state: CTE) -> Select[*tuple[Any, ...]]:
    """What the state pays, never more than the family would."""
    paid = func.least(item.c.amount, state.c.amount * item.c.quantity)
    query = _part(item.c.person_id, item.c.item_id, item.c.position, SUPPORT, -paid, state.c.rule_id, "support")
    return (
        query.select_from(item)
        .join(pupils, pupils.c.person_id == item.c.person_id)
        .join(state, and_(state.c.item_id == item.c.item_id, state.c.grade == pupils.c.grade))
        .where(paid > 0)
    )


def waits_for_bill(row: Round) -> ColumnElement[bool]:
    """Meals given back or asked again that no bill shows yet, of the items of a round."""
    mine = and_(RoundItem.round_id == row.id, RoundItem.item_id == Credit.item_id)
    return and_(Credit.school_id == row.school_id, Credit.on_bill_id.is_(None), exists().where(mine))


def _corrections(ctx: Context, row: Round, pupils: CTE) -> Select[*tuple[Any, ...]] | None:
    """What late corrections ask again, of months before."""
    waiting = and_(waits_for_bill(row), Credit.amount < 0, Credit.month < row.period)
    if not ctx.session.scalar(select(exists().where(waiting))):
        return None
    again = (
        select(Credit.person_id, Credit.item_id, (-func.sum(Credit.amount)).label("amount"))
        .where(waiting)
        .group_by(Credit.person_id, Credit.item_id)
        .cte("again")
    )
    c = again.c
    query = _part(c.person_id, c.item_id, RoundItem.position, CORRECTION, c.amount, cast(null(), Uuid()), "correction")
    return (
        query.select_from(again)
        .join(pupils, pupils.c.person_id == c.person_id)
        .join(RoundItem, and_(RoundItem.round_id == row.id, RoundItem.item_id == c.item_id))
    )
