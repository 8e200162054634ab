"""Who oversees an organisation: sees the schools below it, and changes nothing there.

Kept apart from roles at schools (`core_grant`): an overseer stands at no school, and no page of a school opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core import audit
from core.data.base import Base, Timestamps
from core.data.context import Context
from core.school.models import Organisation
from core.types.errors import NotFound


class Oversight(Timestamps, Base):
    """An account that oversees an organisation. Read with each session, written by the system role only."""

    __tablename__ = "core_oversight"
    __table_args__ = (Index("ix_core_oversight_organisation", "organisation_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_account.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    granted_by: Mapped[UUID | None]


@dataclass(frozen=True, slots=True)
class Overseen:
    """An organisation that somebody oversees."""

    id: UUID
    name: str


def oversee(ctx: Context, account_id: UUID, organisation_id: UUID, *, until: datetime | None = None) -> None:
    """Let an account oversee an organisation and all below it, in a context over all schools.

    Raises:
        Forbidden: without `core.organisations.manage`.
        NotFound: when there is no such organisation.
    """
    ctx.require("core.organisations.manage")
    if ctx.session.get(Organisation, organisation_id) is None:
        raise NotFound
    now = ctx.now()
    row = {"valid_from": now, "valid_until": until, "granted_by": ctx.actor.account_id, "updated_at": now}
    statement = insert(Oversight).values(account_id=account_id, organisation_id=organisation_id, created_at=now, **row)
    ctx.session.execute(statement.on_conflict_do_update(index_elements=["account_id", "organisation_id"], set_=row))
    detail = {"organisation": organisation_id, "until": until}
    audit.record(ctx, "access.oversight_given", target=("account", account_id), detail=detail)


def end_oversight(ctx: Context, account_id: UUID, organisation_id: UUID) -> None:
    """Take it back, at once. Raises `NotFound` when it is not held."""
    ctx.require("core.organisations.manage")
    now = ctx.now()
    statement = (
        update(Oversight)
        .where(
            Oversight.account_id == account_id,
            Oversight.organisation_id == organisation_id,
            or_(Oversight.valid_until.is_(None), Oversight.valid_until > now),
        )
        .values(valid_until=now, updated_at=now)
        .returning(Oversight.account_id)
    )
    if not ctx.session.execute(statement).all():
        raise NotFound
    detail = {"organisation": organisation_id}
    audit.record(ctx, "access.oversight_taken", target=("account", account_id), detail=detail)


def overseen(ctx: Context, account_id: UUID | None = None) -> list[Overseen]:
    """The organisations that an account (or the actor's own) oversees now, by name."""
    now = ctx.now()
    query = (
        select(Organisation.id, Organisation.name)
        .join(Oversight, Oversight.organisation_id == Organisation.id)
        .where(
            Oversight.account_id == (account_id or ctx.actor.account_id),
            Oversight.valid_from <= now,
            or_(Oversight.valid_until.is_(None), Oversight.valid_until > now),
        )
        .order_by(Organisation.name)
    )
    return [Overseen(*row) for row in ctx.session.execute(query)]
