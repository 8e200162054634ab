"""Single bills: cancel with a reason, issue anew."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select

from core.sdk import Context, _
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import Charge, charges
from plugins.finance.events import BILL_CANCELLED, BILL_ISSUED
from plugins.finance.models import Bill

from ._trail import note
from .bills import BillView, view_of
from .drafts import draft_of, pupils_of
from .issue import CHARGE_OF_BILL, issue, uncarried
from .problems import blocking
from .rounds import locked


def cancel_bill(ctx: Context, bill_id: UUID, reason: str) -> BillView:
    """Cancel a bill. Money that it has taken goes back to the pupil's balance and pays the next bill.

    Raises:
        Invalid: no reason is given.
        Conflict: the bill is not live.
    """
    ctx.require("finance.bill.cancel")
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    row = ctx.session.scalar(select(Bill).where(Bill.id == bill_id).with_for_update())
    if row is None:
        raise NotFound()
    if row.state != "published":
        raise Conflict(_("This bill has been cancelled already."))
    charge_id = ctx.session.scalar(select(Charge.id).join(Bill, CHARGE_OF_BILL).where(Bill.id == bill_id))
    if charge_id is not None:
        charges.cancel(ctx, charge_id, reason.strip())
    row.state, row.cancelled_at, row.cancel_reason = "cancelled", ctx.now(), reason.strip()
    ctx.session.flush()
    uncarried(ctx, Bill.id == row.id)
    facts = {"bill_id": str(row.id), "person_id": str(row.person_id), "reason": reason.strip()}
    note(ctx, BILL_CANCELLED, ("finance_bill", row.id), facts, event=True)
    return view_of(ctx, bill_id)


def reissue(ctx: Context, bill_id: UUID) -> BillView:
    """Issue a cancelled bill anew by today's exceptions and exemptions, under a new reference.

    Raises:
        Conflict: the pupil has a live bill of the round, owes nothing of it, or the round is not open.
    """
    ctx.require("finance.bill.cancel")
    old = ctx.session.scalar(select(Bill).where(Bill.id == bill_id))
    if old is None:
        raise NotFound()
    row = locked(ctx, old.round_id)
    live = exists().where(Bill.round_id == row.id, Bill.person_id == old.person_id, Bill.state == "published")
    if row.state != "published" or ctx.session.scalar(select(live)):
        raise Conflict(_("Only a cancelled bill of a published round can be issued again."))
    found = blocking(ctx, row)
    if found:
        raise Invalid(found[0].message, fields={p.place: p.message for p in found}, code="round_not_ready")
    pupils = pupils_of(ctx)
    moment = ctx.now()
    issue(
        ctx,
        row,
        draft_of(ctx, row, pupils.where(pupils.selected_columns["person_id"] == old.person_id)),
        moment,
    )
    new = ctx.session.execute(
        select(Bill.id, Bill.total).where(
            Bill.round_id == row.id, Bill.person_id == old.person_id, Bill.state == "published"
        )
    ).one_or_none()
    if new is None:
        raise Conflict(_("Nothing is asked of this pupil in this round."))
    facts = {
        "bill_id": str(new.id),
        "person_id": str(old.person_id),
        "total": new.total,
        "replaces": str(bill_id),
    }
    note(ctx, BILL_ISSUED, ("finance_bill", new.id), facts, event=True)
    return view_of(ctx, new.id)
