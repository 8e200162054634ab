"""Bills before they go out, computed in the database for a whole school at once.

The same rule as `rules/amounts.py`, as one statement: price of the class (else grade, else school) times
quantity, an exception replaced, less the best exemption, half up to the dong. Preview and publishing read the
same select, so they cannot come to different amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Select, and_, case, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from core.sdk import Context
from plugins.finance.models import Exemption, Item, Price, PupilException, Round, RoundItem
from plugins.finance.roll import enrolled
from plugins.finance.rules.exemptions import last_day


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of the computation, as common table expressions to select from."""

    pupils: CTE
    """`person_id, code, full_name, sort_key, search_text, class_id, class_name, grade`"""
    prices: CTE
    """`class_id, item_id, unit_price, quantity, scope`"""
    lines: CTE
    """`person_id, item_id, position`, quantities and amounts, `percent, exemption_id, reason, scope`"""


def pupils_of(ctx: Context) -> Select[*tuple[Any, ...]]:
    """Pupils who can be billed: those who are in a class now."""
    return select(enrolled(ctx))


def draft_of(ctx: Context, row: Round, pupils: Select[*tuple[Any, ...]]) -> Draft:
    """The computation of a round for some pupils, a narrowed `pupils_of(ctx)`."""
    chosen = pupils.cte("pupil")
    prices = resolved_prices(row, chosen)
    return Draft(chosen, prices, _lines(row, chosen, prices))


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


def _reductions(row: Round) -> CTE:
    """The best approved exemption of each pupil and item that holds on any day of the month."""
    items = func.unnest(Exemption.item_ids).table_valued("item_id").render_derived(name="exempt")
    item_id = items.c.item_id
    return (
        select(Exemption.person_id, item_id, Exemption.id, Exemption.percent)
        .join_from(Exemption, items, true())
        .where(
            Exemption.school_id == row.school_id,
            Exemption.approved_at.is_not(None),
            Exemption.valid_from <= last_day(row.period),
            Exemption.valid_to >= row.period,
        )
        .ext(distinct_on(Exemption.person_id, item_id))
        .order_by(Exemption.person_id, item_id, Exemption.percent.desc(), Exemption.id)
        .cte("reduction")
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


def _lines(row: Round, pupils: CTE, prices: CTE) -> CTE:
    differs, reduction = _differs(row), _reductions(row)
    own_amount = differs.c.amount.is_not(None)
    counted = (
        select(
            pupils.c.person_id,
            RoundItem.item_id,
            RoundItem.position,
            case((own_amount, 1), else_=func.coalesce(differs.c.quantity, prices.c.quantity)).label("quantity"),
            func.coalesce(differs.c.amount, prices.c.unit_price).label("unit_price"),
            func.coalesce(reduction.c.percent, 0).label("percent"),
            reduction.c.id.label("exemption_id"),
            func.coalesce(differs.c.reason, "").label("reason"),
            case((own_amount, "exception"), else_=prices.c.scope).label("scope"),
        )
        .select_from(pupils)
        .join(RoundItem, and_(RoundItem.round_id == row.id, RoundItem.school_id == row.school_id))
        .join(Item, and_(Item.id == RoundItem.item_id, Item.kind != "donation"))
        .outerjoin(prices, and_(prices.c.class_id == pupils.c.class_id, prices.c.item_id == RoundItem.item_id))
        .outerjoin(differs, and_(differs.c.person_id == pupils.c.person_id, differs.c.item_id == RoundItem.item_id))
        .outerjoin(
            reduction,
            and_(reduction.c.person_id == pupils.c.person_id, reduction.c.item_id == RoundItem.item_id),
        )
        .where(or_(own_amount, prices.c.unit_price.is_not(None)))
        .subquery("counted")
    )
    gross = counted.c.unit_price * counted.c.quantity
    amount = (gross * (100 - counted.c.percent) + 50) // 100
    return (
        select(*counted.c, gross.label("gross"), amount.label("amount"))
        .where(counted.c.quantity > 0, or_(counted.c.unit_price > 0, counted.c.scope == "exception"))
        .cte("line")
    )
