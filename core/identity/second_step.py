"""Between the password and the open session: the second factor, or setting one up.

A waiting session has a token of its own that reaches nothing but these steps. Its end is a new session with another
token; the waiting one is over with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.session import Database
from core.types.actor import Actor, system_actor
from core.types.clock import Clock, utc_now

from . import entry, throttle
from .entry import SignedInNow
from .factors import passkeys, proofs, requirement
from .factors.requirement import Factors
from .oidc import sessions as elsewhere
from .sessions import Stage, token_hash

MOST_FAILURES = 6
"""Wrong codes of one waiting session; then the password is asked for again."""
SIGN_IN = "sign-in"
"""Purpose of a challenge that anybody may ask for."""
_NAME = text("SELECT name FROM core_account WHERE id = :id")
_FIND = text(
    "SELECT s.id, s.account_id, s.stage, a.name, a.login FROM core_session s JOIN core_account a ON a.id = s.account_id"
    " WHERE s.token_hash = :hash AND s.stage <> 'open' AND s.revoked_at IS NULL AND s.expires_at > :now"
    " AND a.state = 'active'"
)
_FAILED = text(
    "UPDATE core_session SET failures = failures + 1,"
    " revoked_at = CASE WHEN failures + 1 >= :most THEN CAST(:now AS timestamptz) END WHERE id = :id"
)
_END = text("UPDATE core_session SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL RETURNING id")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session that waits for its second step."""

    session_id: UUID
    account_id: UUID
    stage: Stage
    name: str
    login: str
    factors: Factors

    def actor(self, remote_addr: str = "") -> Actor:
        """Somebody without any right but over their own factors."""
        return Actor("account", self.name, account_id=self.account_id, remote_addr=remote_addr)

    def setting_up(self, now: datetime, remote_addr: str = "") -> Actor:
        """The same while a first factor is set up: the password has just been proved.

        Raises:
            FactorRefused: when there is a factor already, which has to be proved instead.
        """
        if self.stage != "setup" or self.factors.any:
            raise proofs.FactorRefused
        return replace(self.actor(remote_addr), proved_at=now)

    @property
    def purpose(self) -> str:
        """What a passkey's challenge is bound to."""
        return f"session:{self.session_id}"


def waiting(db: Database, token: str, *, clock: Clock = utc_now) -> Waiting | None:
    """The waiting session of a token; None for an open one, one that is over, and none at all."""
    if not token:
        return None
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        row = ctx.session.execute(_FIND, {"hash": token_hash(token), "now": ctx.now()}).one_or_none()
        if row is None:
            return None
        factors = requirement.factors_of(ctx, row.account_id)
    return Waiting(row.id, row.account_id, row.stage, row.name, row.login, factors)


def finish_with_code(
    db: Database,
    who: Waiting,
    typed: str,
    *,
    remote_addr: str = "",
    user_agent: str = "",
    device: str | None = None,
    clock: Clock = utc_now,
) -> SignedInNow:
    """Open the session by a code of the app or a recovery code.

    Raises:
        FactorRefused: when it is wrong or was used before; after some of them the waiting session is over.
        TooManyAttempts: after too many wrong ones from here, or from unknown browsers everywhere.
    """
    known = device if entry.is_known_device(who.account_id, device, clock()) else None
    attempt = proofs.count(db, who.account_id, remote_addr, known, clock)
    with db.all_schools(who.actor(remote_addr), clock=clock) as ctx:
        proof = proofs.check_code(ctx, who.account_id, typed)
        if proof is not None:
            throttle.forgive(ctx, attempt)
            return _open(ctx, who, proof, remote_addr, user_agent, known)
        ctx.session.execute(_FAILED, {"id": who.session_id, "most": MOST_FAILURES, "now": ctx.now()})
    raise proofs.FactorRefused


def finish_with_passkey(
    db: Database,
    who: Waiting,
    site: passkeys.Site,
    answer: str,
    *,
    remote_addr: str = "",
    user_agent: str = "",
    clock: Clock = utc_now,
) -> SignedInNow:
    """Open the session by a passkey of the same account.

    Raises:
        PasskeyRefused: when it proves nothing, or is somebody else's.
    """
    if proofs.check_passkey(db, site, answer, who.purpose, clock) != who.account_id:
        raise passkeys.PasskeyRefused
    with db.all_schools(who.actor(remote_addr), clock=clock) as ctx:
        return _open(ctx, who, "passkey", remote_addr, user_agent, None)


def finish_setup(ctx: Context, who: Waiting, remote_addr: str = "", user_agent: str = "") -> SignedInNow:
    """Open the session after its person has set up a factor in this context, over all schools."""
    return _open(ctx, who, "setup", remote_addr, user_agent, None)


def sign_in_with_passkey(
    db: Database,
    site: passkeys.Site,
    answer: str,
    *,
    remote_addr: str = "",
    user_agent: str = "",
    replaces: str | None = None,
    clock: Clock = utc_now,
) -> SignedInNow:
    """A session by a passkey alone: it is two factors, the device and what unlocks it.

    Raises:
        PasskeyRefused: when it proves nothing.
    """
    account_id = proofs.check_passkey(db, site, answer, SIGN_IN, clock)
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        name: str = ctx.session.execute(_NAME, {"id": account_id}).scalar_one()
    actor = Actor("account", name, account_id=account_id, remote_addr=remote_addr)
    with db.all_schools(actor, clock=clock) as ctx:
        return entry.begin(
            ctx,
            account_id,
            strong=True,
            remote_addr=remote_addr,
            user_agent=user_agent,
            replaces=replaces,
            detail={"factor": "passkey"},
        )


def _open(ctx: Context, who: Waiting, proof: str, address: str, agent: str, device: str | None) -> SignedInNow:
    """The waiting session ends, once, and an open one with another token begins."""
    now: datetime = ctx.now()
    if ctx.session.execute(_END, {"id": who.session_id, "now": now}).one_or_none() is None:
        raise proofs.FactorRefused
    done = entry.begin(
        ctx,
        who.account_id,
        strong=True,
        remote_addr=address,
        user_agent=agent,
        device=device,
        detail={"factor": proof},
    )
    elsewhere.move(ctx, who.session_id, done.token)
    return done
