"""Slowing down guesses without letting anybody lock somebody else out.

Failures are counted for (sign-in name, network) and for the network as a whole, never for the account alone:
whoever guesses from elsewhere slows down only themself. A browser that has signed in to the account before
carries a device token and has a counter of its own, so that not even a neighbour in the same network (a
school behind one address) can hold it up. Names are counted as typed, whether or not there is such an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context

FREE = 5
"""Failures of one name in one network without any delay."""
FREE_NETWORK = 60
"""Failures of one network without any delay: a school's staff room and its parents share one address."""
FREE_CODES = 20
"""Family codes tried from one network without any delay; mistyped ones are found by their check character."""
FREE_ACCOUNT = 30
"""Wrong second factors of one account from all unknown browsers without any delay: whoever gets that far knows the
password, and many networks must not add up to many guesses. Passkeys are not guessed and never wait."""
_FIRST = timedelta(seconds=2)
_LONGEST = timedelta(minutes=15)
_FORGET = timedelta(hours=12)

# One statement: counts the attempt as failed before it is checked, so that parallel guesses all count, unless
# the key is blocked. Two attempts at once wait for each other on the row. Beyond the free ones each failure
# doubles the delay.
_COUNT = text(
    """
    INSERT INTO core_sign_in_counter AS c (key, failures, last_at, blocked_until)
    VALUES (:key, 1, :now, :now)
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN c.last_at < :forget THEN 1 WHEN c.blocked_until > :now THEN c.failures
                      ELSE c.failures + 1 END,
      last_at = CASE WHEN c.blocked_until > :now THEN c.last_at ELSE :now END,
      blocked_until = CASE
        WHEN c.blocked_until > :now THEN c.blocked_until
        WHEN c.last_at < :forget OR c.failures + 1 < :free THEN :now
        ELSE :now + LEAST(:longest, :first * power(2, LEAST(c.failures + 1 - :free, 20))) END
    RETURNING blocked_until, (old.blocked_until IS NOT NULL AND old.blocked_until > :now) AS refused
    """
)
_FORGIVE = text("DELETE FROM core_sign_in_counter WHERE key = :key")
_LESS = text("UPDATE core_sign_in_counter SET failures = greatest(failures - 1, 0) WHERE key = :key")
_PRUNE = text("DELETE FROM core_sign_in_counter WHERE last_at < :before AND blocked_until < :before")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that may be checked, counted as failed until `forgive` says otherwise."""

    own: bytes
    """Counter of the name with its network or device."""
    network: bytes | None


@dataclass(frozen=True, slots=True)
class Wait:
    """An attempt that may not be checked yet."""

    until: datetime


def network_of(address: str) -> str:
    """The network that counts as one visitor: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(found) if found.version == 4 else str(ip_network(f"{found}/64", strict=False))


def begin(ctx: Context, login: str, address: str, device: str | None) -> Attempt | Wait:
    """Count an attempt before it is checked.

    Args:
        login: the normalised sign-in name.
        device: the proven device of this account, if the browser has one; then only its own counter matters.
    """
    place = network_of(address)
    if device is not None:
        attempt = Attempt(_key("device", login, device), None)
    else:
        attempt = Attempt(_key("pair", login, place), _key("network", place))
    return _begin(ctx, attempt, FREE_NETWORK)


def begin_factor(ctx: Context, account_id: UUID, address: str, device: str | None) -> Attempt | Wait:
    """Count a second factor before it is checked: for (account, network) and for the account as a whole.

    Args:
        device: the proven device of this account, if the browser has one; then only its own counter matters, so that
            strangers who know the password cannot hold its owner up.
    """
    account = str(account_id)
    if device is not None:
        return _begin(ctx, Attempt(_key("factor-device", account, device), None), FREE_ACCOUNT)
    pair = _key("factor", account, network_of(address))
    return _begin(ctx, Attempt(pair, _key("factor-account", account)), FREE_ACCOUNT)


def begin_code(ctx: Context, address: str) -> Attempt | Wait:
    """Count a code from paper, which names nobody yet, for its network alone."""
    place = network_of(address)
    attempt = Attempt(_key("code", place), None)
    return _count(ctx, attempt.own, FREE_CODES) or attempt


def _begin(ctx: Context, attempt: Attempt, free: int) -> Attempt | Wait:
    if attempt.network and (wait := _count(ctx, attempt.network, free)):
        return wait
    wait = _count(ctx, attempt.own, FREE)
    if wait and attempt.network:
        ctx.session.execute(_LESS, {"key": attempt.network})  # nothing was guessed
    return wait or attempt


def forgive(ctx: Context, attempt: Attempt) -> None:
    """The attempt was right: forget the failures of the name here, and do not count it against the network."""
    ctx.session.execute(_FORGIVE, {"key": attempt.own})
    ctx.session.execute(_LESS, {"key": attempt.network})


def forgive_code(ctx: Context, attempt: Attempt) -> None:
    """The code was right: it does not count. What was wrong before stays, so that a right one washes nothing clean."""
    ctx.session.execute(_LESS, {"key": attempt.own})


def prune(ctx: Context) -> None:
    """Delete what is forgotten anyway."""
    ctx.session.execute(_PRUNE, {"before": ctx.now() - _FORGET})


def _key(*parts: str) -> bytes:
    return sha256("\0".join(parts).encode("utf-8", "replace")).digest()


def _count(ctx: Context, key: bytes, free: int) -> Wait | None:
    values = {
        "key": key,
        "now": ctx.now(),
        "forget": ctx.now() - _FORGET,
        "free": free,
        "first": _FIRST,
        "longest": _LONGEST,
    }
    blocked_until, refused = ctx.session.execute(_COUNT, values).one()
    return Wait(blocked_until) if refused else None
