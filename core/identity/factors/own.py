"""One's own second factors: set up, replaced, taken away. Each change asks for a fresh proof and is told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.identity import accounts, notices
from core.identity.sessions import as_system, revoke_others
from core.types.errors import Conflict, Invalid, NotAuthenticated, NotFound
from core.types.message import _

from . import passkeys, recovery, requirement, totp
from .passkeys import PasskeyRow, Site
from .requirement import Factors

_LOGIN = text("SELECT login, name FROM core_account WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page of one's own account shows of the second step."""

    factors: Factors
    passkeys: list[PasskeyRow]


def overview(ctx: Context) -> Overview:
    """The actor's second factors."""
    me = _me(ctx)
    factors = requirement.factors_of(ctx, me)
    with as_system(ctx):
        return Overview(factors, passkeys.passkeys_of(ctx, me))


def login_of(ctx: Context) -> str:
    """The sign-in name of the actor."""
    login: str = ctx.session.execute(_LOGIN, {"id": _me(ctx)}).one().login
    return login


def set_up_app(ctx: Context, secret: str, code: str) -> list[str]:
    """Make an app that knows the secret the actor's authenticator, in the place of the one before.

    Returns:
        recovery codes to be shown once, if there are none left; else nothing.

    Raises:
        Invalid: when the code is not what the app shows now. StepUp: without a fresh proof.
    """
    me = _may_change(ctx)
    step = totp.step_of(secret, "".join(code.split()), ctx.now())
    if step is None:
        wrong = _("This is not the code that the app shows now. Please wait for the next one and check the clock.")
        raise Invalid(_("The app is not connected yet."), fields={"code": wrong})
    with as_system(ctx):
        totp.store(ctx, me, secret, step)
    audit.record(ctx, "identity.app_added", target=("account", me))
    return _added(ctx, me, "app_added")


def remove_app(ctx: Context) -> None:
    """Take the authenticator app away.

    Raises:
        NotFound: when there is none. Conflict: when a second factor is required and it is the last. StepUp.
    """
    me = _may_change(ctx)
    with as_system(ctx):
        if not totp.delete(ctx, me):
            raise NotFound
    audit.record(ctx, "identity.app_removed", target=("account", me))
    _removed(ctx, me, "app_removed")


def passkey_options(ctx: Context, site: Site, session_id: UUID) -> str:
    """What the browser needs to make a passkey for the actor, as JSON.

    Raises:
        Conflict: when browsers allow no passkeys at the address of the installation. StepUp.
    """
    me = _may_change(ctx)
    if not site.usable:
        raise Conflict(_("Passkeys work only where the program is reached by a name over HTTPS."))
    row = ctx.session.execute(_LOGIN, {"id": me}).one()
    with as_system(ctx):
        return passkeys.creation_options(ctx, site, me, row.login, row.name, _making(session_id))


def add_passkey(ctx: Context, site: Site, session_id: UUID, answer: str, name: str) -> list[str]:
    """Keep a passkey that the actor's browser has made; recovery codes as `set_up_app`.

    Raises:
        PasskeyRefused, Conflict: as `passkeys.add`. StepUp.
    """
    me = _may_change(ctx)
    with as_system(ctx):
        passkeys.add(ctx, site, me, answer, _making(session_id), name)
    audit.record(ctx, "identity.passkey_added", target=("account", me))
    return _added(ctx, me, "passkey_added")


def remove_passkey(ctx: Context, passkey_id: UUID) -> None:
    """Forget one of the actor's passkeys.

    Raises: as `remove_app`.
    """
    me = _may_change(ctx)
    with as_system(ctx):
        if not passkeys.remove(ctx, me, passkey_id):
            raise NotFound
    audit.record(ctx, "identity.passkey_removed", target=("account", me))
    _removed(ctx, me, "passkey_removed")


def new_codes(ctx: Context) -> list[str]:
    """Ten new recovery codes, to be shown once; those before are good no more.

    Raises:
        Conflict: without a factor that could be lost. StepUp.
    """
    me = _may_change(ctx)
    if not requirement.factors_of(ctx, me).any:
        raise Conflict(_("Set up a second step first."))
    return _codes(ctx, me)


def factors_for(ctx: Context, account_id: UUID) -> Factors:
    """The second factors of somebody whose account the actor manages.

    Raises:
        NotFound, Forbidden: as `accounts.set_password`.
    """
    accounts.require_manage(ctx, account_id)
    return requirement.factors_of(ctx, account_id)


def disable(ctx: Context, account_id: UUID) -> None:
    """Take all second factors from somebody who has lost theirs; they are told at the next sign-in.

    Raises:
        NotFound, Forbidden: as `accounts.set_password`. Conflict: when there is nothing to take. StepUp.
    """
    accounts.require_manage(ctx, account_id)
    ctx.require_fresh()
    if not requirement.factors_of(ctx, account_id).any:
        raise Conflict(_("This account has no second step."))
    with as_system(ctx):
        totp.delete(ctx, account_id)
        passkeys.remove_all(ctx, account_id)
        recovery.forget(ctx, account_id)
    requirement.forget_grace(ctx, account_id)
    revoke_others(ctx, account_id)
    notices.tell(ctx, account_id, "factor_removed")
    audit.record(ctx, "identity.factor_disabled", target=("account", account_id))


def _added(ctx: Context, me: UUID, notice: str) -> list[str]:
    requirement.forget_grace(ctx, me)
    notices.tell(ctx, me, notice)
    return [] if requirement.factors_of(ctx, me).codes else _codes(ctx, me)


def _removed(ctx: Context, me: UUID, notice: str) -> None:
    left = requirement.factors_of(ctx, me)
    if not left.any:
        if left.required:
            raise Conflict(_("Your role needs a second step. Please add another one first."))
        with as_system(ctx):
            recovery.forget(ctx, me)
    notices.tell(ctx, me, notice)


def _codes(ctx: Context, me: UUID) -> list[str]:
    with as_system(ctx):
        made = recovery.make(ctx, me)
    notices.tell(ctx, me, "codes_made")
    audit.record(ctx, "identity.codes_made", target=("account", me))
    return made


def _making(session_id: UUID) -> str:
    return f"make:{session_id}"


def _may_change(ctx: Context) -> UUID:
    ctx.require_fresh()
    return _me(ctx)


def _me(ctx: Context) -> UUID:
    if ctx.actor.account_id is None:
        raise NotAuthenticated
    return ctx.actor.account_id
