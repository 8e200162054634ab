"""Checking a factor, with attempts counted so that guessing leads nowhere and locks nobody else out."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.data.session import Database
from core.identity import notices, passwords, throttle
from core.identity.signin import TooManyAttempts
from core.types.actor import system_actor
from core.types.clock import Clock
from core.types.errors import TruongError
from core.types.message import _

from . import passkeys, recovery, totp
from .requirement import factors_of

Proof = Literal["totp", "recovery", "passkey", "password"]
_PASSWORD = text("SELECT password_hash FROM core_account WHERE id = :id AND state = 'active'")


class FactorRefused(TruongError):
    """The code, the passkey or the password does not prove the person."""

    status: ClassVar[int] = 401
    default_code: ClassVar[str] = "factor_refused"

    def __init__(self) -> None:
        super().__init__(_("This code is not right, or it was used already. Please wait for the next one."))


class PasswordRefused(FactorRefused):
    """The password is wrong."""

    def __init__(self) -> None:
        TruongError.__init__(self, _("This is not your present password."))


def count(db: Database, account_id: UUID, address: str, device: str | None, clock: Clock) -> throttle.Attempt:
    """Count an attempt before it is checked, in a transaction of its own.

    Raises:
        TooManyAttempts: when this account has to wait, from this network or from all unknown ones.
    """
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        attempt = throttle.begin_factor(ctx, account_id, address, device)
        now = ctx.now()
    if isinstance(attempt, throttle.Wait):
        raise TooManyAttempts(attempt.until, now)
    return attempt


def check_code(ctx: Context, account_id: UUID, typed: str) -> Proof | None:
    """A code of the app or a recovery code, used up by this; None when it is neither. In a context over all schools."""
    plain = "".join(typed.split())
    if totp.spend(ctx, account_id, plain):
        return "totp"
    if recovery.spend(ctx, account_id, plain):
        notices.tell(ctx, account_id, "recovery_used")
        audit.record(ctx, "identity.recovery_code_used", target=("account", account_id))
        return "recovery"
    return None


def check_passkey(db: Database, site: passkeys.Site, answer: str, purpose: str, clock: Clock) -> UUID:
    """The account whose passkey answered, in a transaction of its own, so that the challenge is spent whatever follows.

    Raises:
        PasskeyRefused: when it proves nothing, or seems to be a copy; the owner is told of that.
    """
    try:
        with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
            return passkeys.check(ctx, site, answer, purpose)
    except passkeys.PasskeyCopied as copied:
        with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
            notices.tell(ctx, copied.account_id, "passkey_copied")
            audit.record(ctx, "identity.passkey_copied", target=("account", copied.account_id))
        raise passkeys.PasskeyRefused from copied


def prove(
    db: Database,
    account_id: UUID,
    *,
    typed: str,
    remote_addr: str,
    device: str,
    clock: Clock,
) -> Proof:
    """Check what a signed-in person types to prove themself once more: a code if they have factors, else the password.

    Args:
        device: names the browser, so that its attempts are counted by themselves.

    Raises:
        FactorRefused: when it is wrong. TooManyAttempts: after too many wrong ones.
    """
    attempt = count(db, account_id, remote_addr, device, clock)
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        factors = factors_of(ctx, account_id)
        stored: str | None = ctx.session.execute(_PASSWORD, {"id": account_id}).scalar_one_or_none()
    if not factors.any and not passwords.verify(stored, typed):
        raise PasswordRefused
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        proof = check_code(ctx, account_id, typed) if factors.any else "password"
        if proof is None:
            raise FactorRefused
        throttle.forgive(ctx, attempt)
        return proof
