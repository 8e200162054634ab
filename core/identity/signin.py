"""Signing in."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.data.session import Database
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import Invalid, TruongError
from core.types.message import _

from . import entry, passwords, throttle
from .entry import SignedInNow
from .logins import normalise_login
from .sessions import SignedIn, proved, revoke_others

_FIND = text("SELECT id, name, password_hash, state, failed_attempts FROM core_account WHERE login = :login")
_FAILED = text("UPDATE core_account SET failed_attempts = failed_attempts + 1 WHERE id = :id")
_STILL = text("SELECT id FROM core_account WHERE id = :id AND state = 'active' AND password_hash = :hash FOR UPDATE")
_REHASH = text("UPDATE core_account SET password_hash = :hash WHERE id = :id")
_CHANGE = text(
    "UPDATE core_account SET password_hash = :hash, password_changed_at = :now, updated_at = :now"
    " WHERE id = :id AND password_hash = :old RETURNING id"
)


class SignInRefused(TruongError):
    """Wrong name, wrong password, disabled or unknown account: never told apart."""

    status: ClassVar[int] = 401
    default_code: ClassVar[str] = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__(_("The sign-in name or the password is not right."))


class TooManyAttempts(TruongError):
    """Wait until `until`; the same for accounts that do not exist."""

    status: ClassVar[int] = 429
    default_code: ClassVar[str] = "too_many_attempts"

    def __init__(self, until: datetime, now: datetime) -> None:
        self.retry_after = max(1, math.ceil((until - now).total_seconds()))
        """Seconds, for the Retry-After header."""
        if self.retry_after < 60:
            message = _("Too many attempts. Please wait %(count)s seconds.", count=self.retry_after)
        else:
            message = _("Too many attempts. Please wait %(count)s minutes.", count=math.ceil(self.retry_after / 60))
        super().__init__(message)


def sign_in(
    db: Database,
    login: str,
    password: str,
    *,
    remote_addr: str = "",
    user_agent: str = "",
    device: str | None = None,
    replaces: str | None = None,
    clock: Clock = utc_now,
) -> SignedInNow:
    """Check a password and begin a session: open, or waiting for the second factor.

    It takes the database and not a context: the attempt must stay counted when it fails, and no transaction
    may be open while the password is hashed.

    Args:
        login: as typed.
        device: the device token from an earlier success, if the browser has one.
        replaces: the session token that the browser sent; it is revoked, never adopted (session fixation).

    Raises:
        SignInRefused: for every reason that lies in name and password.
        TooManyAttempts: when this name from this network (or device), or this network, has to wait.
    """
    name = normalise_login(login)
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        account = ctx.session.execute(_FIND, {"login": name}).one_or_none()
        known = device if account and entry.is_known_device(account.id, device, ctx.now()) else None
        attempt = throttle.begin(ctx, name, remote_addr, known)
        now = ctx.now()
    if isinstance(attempt, throttle.Wait):
        raise TooManyAttempts(attempt.until, now)
    right = passwords.verify(account.password_hash if account else None, password)
    if account is None or not right or account.state != "active":
        _fail(db, account, clock)
        raise SignInRefused
    actor = Actor("account", account.name, account_id=account.id, remote_addr=remote_addr)
    with db.all_schools(actor, clock=clock) as ctx:
        _still_good(ctx, account, password)
        throttle.forgive(ctx, attempt)
        return entry.begin(
            ctx,
            account.id,
            strong=False,
            remote_addr=remote_addr,
            user_agent=user_agent,
            replaces=replaces,
            device=known,
            failed_before=account.failed_attempts,
        )


def _fail(db: Database, account: Row[Any] | None, clock: Clock) -> None:
    """Count for the person. The same statement runs for nobody, so that both take as long."""
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        ctx.session.execute(_FAILED, {"id": account.id if account else UUID(int=0)})


def _still_good(ctx: Context, account: Row[Any], password: str) -> None:
    values = {"id": account.id, "hash": account.password_hash}
    if ctx.session.execute(_STILL, values).one_or_none() is None:
        raise SignInRefused  # disabled, or another password, since it was read
    if passwords.needs_rehash(account.password_hash):
        ctx.session.execute(_REHASH, {"id": account.id, "hash": passwords.hash_password(password)})


def change_password(
    db: Database, who: SignedIn, current: str, new: str, *, remote_addr: str = "", clock: Clock = utc_now
) -> None:
    """Change one's own password; all other sessions end.

    Guesses of the current password are slowed down as at sign-in, so an unattended browser gives nothing away.

    Raises:
        Invalid: when the current password is wrong or the new one too weak.
        TooManyAttempts: after too many wrong ones.
    """
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        query = text("SELECT login, name, password_hash FROM core_account WHERE id = :id")
        account = ctx.session.execute(query, {"id": who.account_id}).one()
        passwords.check_new(new, login=account.login, name=account.name)
        attempt = throttle.begin(ctx, account.login, remote_addr, f"session:{who.session_id}")
        now = ctx.now()
    if isinstance(attempt, throttle.Wait):
        raise TooManyAttempts(attempt.until, now)
    if not passwords.verify(account.password_hash, current):
        wrong = {"current": _("This is not your present password.")}
        raise Invalid(_("The password was not changed."), fields=wrong)
    hashed = passwords.hash_password(new)
    actor = Actor("account", who.name, account_id=who.account_id, remote_addr=remote_addr)
    with db.all_schools(actor, clock=clock) as ctx:
        values = {"id": who.account_id, "old": account.password_hash, "hash": hashed, "now": ctx.now()}
        if ctx.session.execute(_CHANGE, values).one_or_none() is None:
            raise SignInRefused
        throttle.forgive(ctx, attempt)
        revoke_others(ctx, who.account_id, who.session_id)
        proved(ctx, who.session_id)
        target = ("account", who.account_id)
        audit.record(ctx, "identity.password_changed", target=target, school_id=who.school_id)
