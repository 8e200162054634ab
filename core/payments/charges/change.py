"""Taking a charge back: its money returns to the balance and pays the next one; the books get a reversing entry."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.payments.accounts import RECEIVABLE, STUDENT_BALANCE
from core.payments.booking.allocation import allocate, lock_people
from core.payments.ledger.entries import Entry, Line, post
from core.types.errors import Conflict, NotFound
from core.types.message import _
from core.work import events

_GET = text(
    "SELECT id, person_id, due, allocated, credits, state FROM core_charge WHERE school_id = :school AND id = :id"
)
_CANCEL = text("UPDATE core_charge SET state = 'cancelled', allocated = 0, settled_at = NULL WHERE id = :id")


def cancel(ctx: Context, charge_id: UUID, reason: str) -> None:
    """Cancel a charge for its module; what was paid of it becomes balance again. The module has checked the right.

    Raises:
        Conflict: when it is cancelled already.
    """
    values = {"school": ctx.school_id, "id": charge_id}
    row = ctx.session.execute(_GET, values).one_or_none()
    if row is None:
        raise NotFound()
    lock_people(ctx, [row.person_id])
    row = ctx.session.execute(_GET, values).one()
    if row.state == "cancelled":
        raise Conflict(_("This charge has been cancelled already."))
    ctx.session.execute(_CANCEL, {"id": charge_id})
    person = row.person_id
    lines = [Line(account, int(amount)) for account, amount in row.credits.items() if int(amount)]
    if row.due > row.allocated:
        lines.append(Line(RECEIVABLE, row.allocated - row.due, person, charge_id))
    if row.allocated:
        lines.append(Line(STUDENT_BALANCE, -row.allocated, person))
    if lines:
        entry = Entry(f"charge:{charge_id}:cancelled", "charge.cancelled", ctx.now(), tuple(lines), memo=reason)
        post(ctx, entry)
        allocate(ctx, [person])
    detail = {"reason": reason, "due": row.due, "paid": row.allocated}
    audit.record(ctx, "payments.charge.cancelled", target=("charge", charge_id), detail=detail)
    events.emit(ctx, "payments.charge.cancelled", {"charge": str(charge_id), "person": str(person)})
