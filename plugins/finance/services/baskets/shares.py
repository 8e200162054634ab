"""Links for somebody who pays instead of the guardian: a company, a grandparent."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, _
from core.sdk.data import new_id
from core.sdk.errors import Conflict
from core.sdk.links import make_link
from plugins.finance.models import Bill, Share
from plugins.finance.services import signed
from plugins.finance.services._trail import note

from .beginning import PayerInput
from .places import SHARE

MOST = 20


def share(ctx: Context, bill_ids: Collection[UUID], payer: PayerInput) -> str:
    """A link that lets its holder pay these bills and see no more of them than the sums.

    The caller has asked for the right to the bills: it tells less than their own links.

    Args:
        payer: whom the receipt shall name, as far as that is known.

    Raises:
        Conflict: none of the bills is to be paid. Invalid: the payer's data are wrong; by field.
    """
    named = payer.checked() or PayerInput()
    live = select(Bill.id).where(Bill.id.in_(list(bill_ids)[:MOST]), Bill.state == "published")
    bills = sorted(ctx.session.scalars(live))
    if not bills:
        raise Conflict(_("Nothing is left to pay here."), code="nothing_owed")
    row = Share(
        id=new_id(),
        bills=[str(bill) for bill in bills],
        payer={"name": named.name, "tax_code": named.tax_code, "address": named.address},
        made_at=ctx.now(),
        made_by=ctx.actor.name,
        maker_id=ctx.actor.account_id,
        expires_at=signed.expiry(ctx),
    )
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.share.made", ("finance_share", row.id), {"bills": len(bills)})
    return make_link(SHARE, row.id, row.expires_at)


def payer_of_share(ctx: Context, share_id: UUID) -> PayerInput:
    """Whom the maker of a link has named."""
    known = ctx.session.scalar(select(Share.payer).where(Share.id == share_id)) or {}
    return PayerInput(known.get("name", ""), known.get("tax_code", ""), known.get("address", ""))
