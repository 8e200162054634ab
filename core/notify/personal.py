"""What is held of the messages to a person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select

from core.data.context import Context
from core.types.clock import local_date
from core.types.contributions import Erasure, Held, PersonalData
from core.types.message import Message, _

from .models import Notification


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Titles of the messages, newest first."""
    mine = (
        select(Notification.created_at, Notification.title)
        .where(Notification.school_id == ctx.school_id, Notification.person_id == person_id)
        .order_by(Notification.id.desc())
        .limit(200)
    )
    facts = [
        (_("On %(day)s", day=f"{local_date(row.created_at):%d/%m/%Y}"), Message.from_json(row.title))
        for row in ctx.session.execute(mine)
    ]
    return [Held(_("Your messages"), facts)] if facts else []


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """All messages go."""
    mine = Notification.school_id == ctx.school_id, Notification.person_id == person_id
    count = ctx.session.execute(select(func.count()).select_from(Notification).where(*mine)).scalar_one()
    if really and count:
        ctx.session.execute(delete(Notification).where(*mine))
    return Erasure([_("%(count)s messages", count=count)] if count else [])


DATA = PersonalData(
    "core.messages",
    _("Your messages"),
    purpose=_("To tell people what concerns them."),
    basis=_("Needed for the service that the person uses"),
    retention=_("Thirteen months"),
    data_classes=("contact",),
    show=show,
    erase=erase,
    order=30,
)
