"""The first password, or a new one after the old was forgotten: set by the person, known to nobody else.

The office hands over a signed link that opens once. It names an invitation and no person; making another one for
the same account ends the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.access import grant
from core.data.context import Context
from core.data.session import Database
from core.data.types import new_id
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import Conflict, TruongError
from core.types.message import _

from . import entry, notices, passwords
from .accounts import create_account, require_manage
from .entry import SignedInNow
from .links import make_link, read_link
from .sessions import as_system, revoke_others

INVITATION = "identity.invitation"
LIFE = timedelta(days=7)
_STATE = text("SELECT state, invitation_id, invited_until FROM core_account WHERE id = :id")
_INVITE = text(
    "UPDATE core_account SET invitation_id = :invitation, invited_until = :until, updated_at = :now WHERE id = :id"
)
_FIND = text("SELECT id, login, name FROM core_account WHERE invitation_id = :invitation AND state = 'active'")
_ACCEPT = text(
    "UPDATE core_account SET password_hash = :hash, password_changed_at = :now, updated_at = :now,"
    " invitation_id = NULL, invited_until = NULL"
    " WHERE invitation_id = :invitation AND state = 'active' RETURNING id"
)


class InvitationOver(TruongError):
    """The link was genuine: its password has been set already, or another invitation took its place."""

    status: ClassVar[int] = 410
    default_code: ClassVar[str] = "invitation_over"

    def __init__(self) -> None:
        super().__init__(_("This invitation has been used, or a newer one took its place."))


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation is for."""

    account_id: UUID
    login: str
    name: str


def invite(ctx: Context, account_id: UUID) -> str:
    """A link token with which the person sets a password, once, within seven days.

    A password that the account has already goes on working until then.

    Raises:
        NotFound, Forbidden: as `accounts.set_password`.
        Conflict: when the account is locked.
    """
    require_manage(ctx, account_id)
    if ctx.session.execute(_STATE, {"id": account_id}).one().state != "active":
        raise Conflict(_("Unlock the account before you invite."))
    invitation, until = new_id(), (ctx.now() + LIFE).replace(microsecond=0)
    with as_system(ctx):
        values = {"id": account_id, "invitation": invitation, "until": until, "now": ctx.now()}
        ctx.session.execute(_INVITE, values)
    notices.tell(ctx, account_id, "invited")
    audit.record(ctx, "identity.invited", target=("account", account_id), detail={"until": until})
    return make_link(INVITATION, invitation, until)


def invite_new(ctx: Context, *, login: str, name: str, role: str, person_id: UUID | None = None) -> UUID:
    """A new account with a role at the context's school, and an invitation to set its password.

    Raises: as `accounts.create_account`, `access.grant`, `invite`.
    """
    account_id = create_account(ctx, login, name, person_id=person_id)
    grant(ctx, account_id, role)
    invite(ctx, account_id)
    return account_id


def open_invitation(ctx: Context, account_id: UUID) -> tuple[str, datetime] | None:
    """The token of an account's invitation and its end, to be shown again while it is open.

    Raises: as `invite`.
    """
    require_manage(ctx, account_id)
    row = ctx.session.execute(_STATE, {"id": account_id}).one()
    if row.invitation_id is None or row.invited_until <= ctx.now() or row.state != "active":
        return None
    return make_link(INVITATION, row.invitation_id, row.invited_until), row.invited_until


def invited(db: Database, token: str, *, clock: Clock = utc_now) -> Invited:
    """Whom a link is for; looking at it does not use it up.

    Raises:
        NotFound: for a link that was not made here. LinkExpired: after seven days. InvitationOver: when used.
    """
    with db.all_schools(system_actor("invitation"), clock=clock) as ctx:
        row = _find(ctx, read_link(INVITATION, token, ctx.now()))
    return Invited(row.id, row.login, row.name)


def accept(
    db: Database,
    token: str,
    password: str,
    *,
    remote_addr: str = "",
    user_agent: str = "",
    replaces: str | None = None,
    clock: Clock = utc_now,
) -> SignedInNow:
    """Set the password and begin a session; all other sessions of the account end, and the link with them.

    A second factor that the account has is still asked for: the link stands in for the password only.

    No transaction is open while the password is hashed. Of two uses at once one wins.

    Raises:
        Invalid: for a weak password; the link stays good.
        NotFound, LinkExpired, InvitationOver: as `invited`.
    """
    with db.all_schools(system_actor("invitation"), clock=clock) as ctx:
        invitation = read_link(INVITATION, token, ctx.now())
        row = _find(ctx, invitation)
    passwords.check_new(password, login=row.login, name=row.name)
    hashed = passwords.hash_password(password)
    actor = Actor("account", row.name, account_id=row.id, remote_addr=remote_addr)
    with db.all_schools(actor, clock=clock) as ctx:
        values = {"invitation": invitation, "hash": hashed, "now": ctx.now()}
        if ctx.session.execute(_ACCEPT, values).one_or_none() is None:
            raise InvitationOver
        revoke_others(ctx, row.id)
        school = entry.school_for(ctx, row.id)
        audit.record(ctx, "identity.invitation_used", target=("account", row.id), school_id=school)
        return entry.begin(ctx, row.id, strong=False, remote_addr=remote_addr, user_agent=user_agent, replaces=replaces)


def _find(ctx: Context, invitation: UUID) -> Row[Any]:
    row = ctx.session.execute(_FIND, {"invitation": invitation}).one_or_none()
    if row is None:
        raise InvitationOver
    return row
