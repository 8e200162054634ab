"""What this part holds on a person: who looked at their data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.data.context import Context
from core.people.merged import all_ids
from core.types.clock import local_date
from core.types.contributions import Erasure, Held, Kept, PersonalData
from core.types.message import _

from .models import AccessEntry
from .purposes import label_of

KEPT_FOR = timedelta(days=366)


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The latest visits, one line each."""
    query = (
        select(func.min(AccessEntry.at).label("at"), func.min(AccessEntry.reader_name), func.min(AccessEntry.purpose))
        .where(AccessEntry.school_id == ctx.school_id, AccessEntry.person_id.in_(all_ids(person_id)))
        .group_by(AccessEntry.visit_id)
        .order_by(func.min(AccessEntry.at).desc())
        .limit(200)
    )
    facts = [
        (
            _("On %(day)s", day=f"{local_date(at):%d/%m/%Y}"),
            _("%(what)s (%(who)s)", what=label_of(purpose), who=reader),
        )
        for at, reader, purpose in ctx.session.execute(query)
    ]
    return [Held(_("Who has looked at sensitive data"), facts)] if facts else []


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes: the log protects the person whom it is about."""
    query = select(func.max(AccessEntry.at)).where(
        AccessEntry.school_id == ctx.school_id, AccessEntry.person_id.in_(all_ids(person_id))
    )
    last = ctx.session.execute(query).scalar_one()
    if last is None:
        return Erasure()
    until: date = (last + KEPT_FOR).date()
    reason = _("Logs are kept for at least twelve months (Decree 333/2026/ND-CP); they name acts, not contents.")
    return Erasure(kept=[Kept(_("Who has looked at sensitive data"), reason, until)])


DATA = PersonalData(
    "core.access_log",
    _("Who has looked at sensitive data"),
    purpose=_("So that families see who looked, and why."),
    basis=_("Law 91/2025/QH15: purpose of processing; Decree 333/2026/ND-CP: logs of information systems"),
    retention=_("As long as the record at the school, at least twelve months"),
    data_classes=("identity", "behaviour"),
    show=show,
    erase=erase,
    order=890,
)
