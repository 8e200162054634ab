"""Publishing a round in one transaction, withdrawing it while nothing is paid.

Repeatable: pupils who have a bill of the round, also a cancelled one, are left alone, so a second run only
adds those who came later, and nothing that a family was sent ever changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import Context, Message, Progress, _, work
from core.sdk.data import refresh_statistics
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import Charge, charges
from plugins.finance.events import ROUND_PUBLISHED, ROUND_WITHDRAWN
from plugins.finance.models import Bill, Round

from ._trail import note
from .drafts import draft_of
from .issue import CHARGE_OF_BILL, issue, uncarried
from .preview import without_bill
from .problems import blocking
from .rounds import changed, locked

PUBLISH_TASK = "finance.publish"
_MANY = 1000
"""Bills from which on the planner has to hear of them at once."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a run added."""

    bills: int
    total: int
    """Dong."""


def start_publishing(ctx: Context, round_id: UUID, version: int | None = None) -> UUID:
    """Publish in the background; the answer is the job to watch (`core.sdk.work.job`).

    Raises:
        Conflict: the round is closed.
        Invalid: problems that stop publishing, as `publish` would find them.
    """
    ctx.require("finance.round.publish")
    row = locked(ctx, round_id, version)
    _may_publish(ctx, row)
    return work.enqueue(ctx, PUBLISH_TASK, {"round_id": str(round_id)}, key=str(round_id))


def _may_publish(ctx: Context, row: Round) -> None:
    if row.state == "closed":
        raise Conflict(_("This round is closed; no bill can be added."))
    found = blocking(ctx, row)
    if found:
        raise Invalid(found[0].message, fields={p.place: p.message for p in found}, code="round_not_ready")


def _silent(done: int, total: int, note: Message | None = None) -> None:
    """Nobody watches."""


def publish(ctx: Context, round_id: UUID, *, version: int | None = None, progress: Progress = _silent) -> Published:
    """Send out the bills of everybody who has none yet. Safe to repeat.

    Raises:
        Conflict: the round is closed.
        Invalid: a price is missing or above its ceiling, or an item may not be collected.
    """
    ctx.require("finance.round.publish")
    row = locked(ctx, round_id, version)
    _may_publish(ctx, row)
    progress(0, 2, _("Computing the bills"))
    moment = ctx.now()
    pupils = without_bill(ctx, row)
    issue(ctx, row, draft_of(ctx, row, pupils.order_by(pupils.selected_columns["person_id"])), moment)
    added = _added(ctx, row, moment)
    if added.bills >= _MANY:
        refresh_statistics(ctx, "finance_bill")
    if row.state == "draft":
        row.state, row.published_at = "published", moment
    changed(row)
    facts = {"round_id": str(row.id), "bills": added.bills, "total": added.total}
    note(ctx, ROUND_PUBLISHED, ("finance_round", row.id), facts, event=added.bills > 0)
    progress(2, 2, _("%(bills)s bills are out", bills=added.bills))
    return added


def _added(ctx: Context, row: Round, moment: datetime) -> Published:
    query = select(func.count(), func.coalesce(func.sum(Bill.total), 0)).where(
        Bill.round_id == row.id, Bill.issued_at == moment, Bill.state == "published"
    )
    bills, total = ctx.session.execute(query).one()
    return Published(bills, int(total))


def withdraw(ctx: Context, round_id: UUID, *, reason: str, version: int | None = None) -> int:
    """Take a published round back while nobody has paid; the bills stay on record as withdrawn.

    Returns:
        how many bills were withdrawn.

    Raises:
        Conflict: the round is not published, or somebody has paid already.
        Invalid: no reason is given.
    """
    ctx.require("finance.round.publish")
    if not reason.strip():
        message = _("Please give the reason.")
        raise Invalid(message, fields={"reason": message})
    row = locked(ctx, round_id, version)
    if row.state != "published":
        raise Conflict(_("Only a published round can be withdrawn."))
    live = (Bill.round_id == row.id, Bill.school_id == row.school_id, Bill.state == "published")
    asked = select(Charge.id).join(Bill, CHARGE_OF_BILL).where(*live, Charge.school_id == row.school_id)
    # Asked again once everybody's money is locked: a payment that came in meanwhile undoes the whole withdrawal.
    if (
        ctx.session.scalar(asked.where(Charge.allocated > 0).limit(1))
        or charges.cancel_many(ctx, asked, reason.strip()).paid
    ):
        raise Conflict(_("Somebody has paid a bill of this round: cancel single bills instead."))
    taken_back = (
        update(Bill)
        .where(*live)
        .values(state="withdrawn", cancelled_at=ctx.now(), cancel_reason=reason.strip())
        .execution_options(synchronize_session=False)
    )
    bills = ctx.session.connection().execute(taken_back).rowcount
    uncarried(ctx, Bill.round_id == row.id)
    row.state, row.published_at = "draft", None
    changed(row)
    facts = {"round_id": str(row.id), "bills": bills, "reason": reason.strip()}
    note(ctx, ROUND_WITHDRAWN, ("finance_round", row.id), facts, event=True)
    return bills
