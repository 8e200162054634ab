"""Stored lines with everything that explains them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Context
from plugins.finance.models import BillLine, Exemption, Item, SiblingRule, Support
from plugins.finance.rules.explain import Because, ExplainedLine

_QUERY = (
    select(
        BillLine.bill_id,
        Item.code.label("item_code"),
        Item.label_vi,
        Item.label_en,
        Item.kind,
        Item.unit,
        Item.legal_basis,
        BillLine.scope,
        BillLine.quantity,
        BillLine.unit_price,
        BillLine.gross,
        BillLine.reduction,
        BillLine.amount,
        BillLine.percent,
        BillLine.reason,
        BillLine.part,
        SiblingRule.nth,
        func.coalesce(SiblingRule.legal_basis, Support.legal_basis, "").label("rule_basis"),
        Exemption.id.label("exemption_id"),
        Exemption.group_code,
        Exemption.reason.label("exemption_reason"),
        Exemption.legal_basis.label("exemption_basis"),
        Exemption.evidence,
        Exemption.valid_from,
        Exemption.valid_to,
        Exemption.approved_by_name,
    )
    .join(Item, Item.id == BillLine.item_id)
    .outerjoin(Exemption, Exemption.id == BillLine.exemption_id)
    .outerjoin(SiblingRule, SiblingRule.id == BillLine.rule_id)
    .outerjoin(Support, Support.id == BillLine.rule_id)
    .order_by(BillLine.bill_id, BillLine.position, BillLine.part)
)


def lines_of(ctx: Context, bill_ids: Sequence[UUID]) -> dict[UUID, tuple[ExplainedLine, ...]]:
    """The explained lines of some bills, in the order of the bill."""
    found: dict[UUID, list[ExplainedLine]] = {}
    for r in ctx.session.execute(_QUERY.where(BillLine.bill_id.in_(bill_ids))):
        because = None
        if r.exemption_id is not None:
            because = Because(
                group_code=r.group_code,
                percent=r.percent,
                reason=r.exemption_reason,
                legal_basis=r.exemption_basis,
                evidence=r.evidence,
                valid_from=r.valid_from,
                valid_to=r.valid_to,
                approved_by=r.approved_by_name,
            )
        line = ExplainedLine(
            item_code=r.item_code,
            label_vi=r.label_vi,
            label_en=r.label_en,
            kind=r.kind,
            unit=r.unit,
            legal_basis=r.legal_basis,
            scope=r.scope,
            quantity=r.quantity,
            unit_price=r.unit_price,
            gross=r.gross,
            reduction=r.reduction,
            amount=r.amount,
            percent=r.percent,
            reason=r.reason,
            exemption=because,
            part=r.part,
            nth=r.nth,
            rule_basis=r.rule_basis,
        )
        found.setdefault(r.bill_id, []).append(line)
    return {bill_id: tuple(lines) for bill_id, lines in found.items()}
