"""Rules for several children of a family, and what the state pays: entered with their act, ended, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.school import school_of
from plugins.finance.models import Item, SiblingRule, Support

from ._trail import note

_ACT = _("Name the act or decision.")


@dataclass(frozen=True, slots=True)
class SiblingInput:
    """From the `nth` child on, `percent` is taken off an item."""

    item_id: UUID
    nth: int
    percent: int
    valid_from: date
    legal_basis: str
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SupportInput:
    """What the state pays for one unit of tuition, in dong, for grades `grade_from` to `grade_to`."""

    item_id: UUID
    grade_from: int
    grade_to: int
    amount: int
    valid_from: date
    legal_basis: str
    valid_to: date | None = None


def _dates(entry: SiblingInput | SupportInput) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    if entry.valid_to is not None and entry.valid_to < entry.valid_from:
        faults["valid_to"] = _("The end lies before the beginning.")
    if not entry.legal_basis.strip():
        faults["legal_basis"] = _ACT
    return faults


def _item(ctx: Context, item_id: UUID) -> Item:
    found = ctx.session.scalar(select(Item).where(Item.id == item_id))
    if found is None:
        raise NotFound()
    return found


def _refuse(faults: dict[str, Message]) -> None:
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)


def sibling_rules(ctx: Context) -> list[SiblingRule]:
    """Every rule, the newest first, also those that have ended."""
    ctx.require("finance.round.read")
    mine = SiblingRule.school_id == ctx.school_id
    return list(ctx.session.scalars(select(SiblingRule).where(mine).order_by(SiblingRule.valid_from.desc(),
                                                                             SiblingRule.nth)))  # fmt: skip


def add_sibling_rule(ctx: Context, entry: SiblingInput) -> SiblingRule:
    """Enter a rule. It counts for bills that are not out yet.

    Raises:
        Invalid: something is missing or wrong, by field. NotFound: no such item.
    """
    ctx.require("finance.item.edit")
    faults = _dates(entry)
    if not 2 <= entry.nth <= 9:
        faults["nth"] = _("The rule begins with the second child or a later one.")
    if not 1 <= entry.percent <= 100:
        faults["percent"] = _("The percentage must lie between 1 and 100.")
    if _item(ctx, entry.item_id).kind in ("donation", "insurance", "passthrough"):
        faults["item_id"] = _("The school cannot reduce what it collects for others.")
    _refuse(faults)
    row = SiblingRule(
        item_id=entry.item_id,
        nth=entry.nth,
        percent=entry.percent,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        legal_basis=entry.legal_basis.strip(),
    )
    _keep(ctx, row, {"kind": "sibling", "nth": row.nth, "percent": row.percent})
    return row


def supports(ctx: Context) -> list[Support]:
    """What the state pays, the newest first, also what has ended."""
    ctx.require("finance.round.read")
    query = select(Support).where(Support.school_id == ctx.school_id)
    return list(ctx.session.scalars(query.order_by(Support.valid_from.desc(), Support.grade_from)))


def add_support(ctx: Context, entry: SupportInput) -> Support:
    """Enter what the state pays of the tuition of a private school.

    Raises:
        Invalid: something is missing or wrong, by field; or the school is public, which collects no tuition.
    """
    ctx.require("finance.item.edit")
    faults = _dates(entry)
    if school_of(ctx).ownership != "private":
        faults["item_id"] = _("Only private schools collect tuition, so only they have support by the state.")
    elif _item(ctx, entry.item_id).kind != "tuition":
        faults["item_id"] = _("The state supports tuition only.")
    if entry.amount <= 0:
        faults["amount"] = _("The amount must be more than zero.")
    if not 0 <= entry.grade_from <= entry.grade_to <= 12:
        faults["grade_to"] = _("Give the first and the last grade.")
    _refuse(faults)
    row = Support(
        item_id=entry.item_id,
        grade_from=entry.grade_from,
        grade_to=entry.grade_to,
        amount=entry.amount,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        legal_basis=entry.legal_basis.strip(),
    )
    _keep(ctx, row, {"kind": "support", "amount": row.amount})
    return row


def _keep(ctx: Context, row: SiblingRule | Support, facts: dict[str, object]) -> None:
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.rule.saved", ("finance_item", row.item_id), facts)


def end_rule(ctx: Context, rule_id: UUID, valid_to: date) -> None:
    """Let a rule or a support end; bills that are out keep it.

    Raises:
        NotFound: no such rule. Conflict: it has ended before that day.
    """
    ctx.require("finance.item.edit")
    row: SiblingRule | Support | None = ctx.session.scalar(
        select(SiblingRule).where(SiblingRule.id == rule_id).with_for_update()
    ) or ctx.session.scalar(select(Support).where(Support.id == rule_id).with_for_update())
    if row is None:
        raise NotFound()
    if row.valid_to is not None and row.valid_to < valid_to:
        raise Conflict(_("It has ended before that day."))
    row.valid_to = max(valid_to, row.valid_from)
    note(ctx, "finance.rule.ended", ("finance_item", row.item_id), {"valid_to": row.valid_to.isoformat()})
