"""What the core holds on a person's account: how they sign in, from which devices."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.contributions import Erasure, Held, Kept, PersonalData
from core.types.message import _

from .sessions import as_system

_ACCOUNT = text("""
    SELECT a.id, a.login, a.name, a.created_at, a.last_sign_in_at
      FROM core_account a JOIN core_account_person p ON p.account_id = a.id
     WHERE p.school_id = :school AND p.person_id = :person
""")
_DEVICES = text("""
    SELECT s.user_agent, s.remote_addr, s.last_seen_at FROM core_session s
     WHERE s.account_id = :account ORDER BY s.last_seen_at DESC LIMIT 20
""")
_OUT = text("DELETE FROM core_session WHERE account_id = :account")


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The account, and where it was used."""
    account = ctx.session.execute(_ACCOUNT, {"school": ctx.school_id, "person": person_id}).one_or_none()
    if account is None:
        return []
    with as_system(ctx):  # sessions belong to the installation
        devices = ctx.session.execute(_DEVICES, {"account": account.id}).all()
    own = [(_("Sign-in name"), account.login), (_("Name"), account.name), (_("Made on"), account.created_at),
           (_("Last sign-in"), account.last_sign_in_at)]  # fmt: skip
    used = [(_("Device"), f"{row.user_agent[:80]} · {row.remote_addr}") for row in devices]
    held = [Held(_("Account"), own)]
    return [*held, Held(_("Sign-ins"), used)] if used else held


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Sign-ins go, on all devices; the account stays until the school locks and removes it."""
    account = ctx.session.execute(_ACCOUNT, {"school": ctx.school_id, "person": person_id}).one_or_none()
    if account is None:
        return Erasure()
    if really:
        with as_system(ctx):
            ctx.session.execute(_OUT, {"account": account.id})
    kept = Kept(_("Account"), _("It names who did what in the record of changes. The office can lock it."))
    return Erasure([_("Sign-ins with device and address")], [kept])


DATA = PersonalData(
    "core.account",
    _("Account"),
    purpose=_("To let the right person in and nobody else."),
    basis=_("Needed for the service that the person uses"),
    retention=_("As long as the account is used; sign-ins one month after their end"),
    data_classes=("identity", "credentials", "behaviour"),
    show=show,
    erase=erase,
    order=20,
)
