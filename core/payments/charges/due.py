"""When a charge is due: moved where the school agrees to parts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.types.errors import Conflict
from core.types.message import _

_MOVE = text(
    "UPDATE core_charge SET due_on = :day WHERE school_id = :school AND id = :id AND state <> 'cancelled' "
    "RETURNING due_on"
)


def postpone(ctx: Context, charge_id: UUID, due_on: date) -> None:
    """Move the day by which a charge is due; debts by age follow it. The module has checked the right.

    Raises:
        Conflict: when it is cancelled, or there is none.
    """
    if ctx.session.scalar(_MOVE, {"school": ctx.school_id, "id": charge_id, "day": due_on}) is None:
        raise Conflict(_("This charge has been cancelled already."))
    audit.record(ctx, "payments.charge.postponed", target=("charge", charge_id), detail={"due_on": due_on})
