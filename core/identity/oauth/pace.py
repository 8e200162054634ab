"""How often programs may call, so that a wild one cannot keep the server from the others.

Whoever has proved itself is counted as that client alone, wherever it calls from. Whoever has proved nothing (a wrong
secret, a public app) is counted for its network, so that strangers who use a client's name never use up its calls,
and its neighbours behind one address do not either. Secrets are random and long: this is about load, not about guesses.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil

from sqlalchemy import text

from core.data.context import Context
from core.identity.library import OAuth2Error
from core.identity.throttle import network_of

from .holders import Client

WINDOW = timedelta(minutes=1)
CALLS = 600
"""Calls of a client in a window, at each kind of endpoint."""
QUESTIONS = 6000
"""Introspections in a window: a resource server asks for each request that it gets."""
PUBLIC = 600
"""Calls of a public app from one network: a school with its pupils stands behind one address."""
STRANGERS = 120
"""Calls from one network that proved no client."""

_COUNT = text(
    """
    INSERT INTO core_sign_in_counter AS c (key, failures, last_at, blocked_until) VALUES (:key, 1, :now, :until)
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN c.blocked_until <= :now THEN 1 ELSE LEAST(c.failures + 1, 1000000) END,
      last_at = :now,
      blocked_until = CASE WHEN c.blocked_until <= :now THEN :until ELSE c.blocked_until END
    RETURNING failures, blocked_until
    """
)


class TooManyCalls(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """429 with Retry-After (RFC 6585 section 4). OAuth has no error code for it; this one is of its extension for
    waiting (RFC 8628 section 3.5), whose meaning, call again more slowly, is the same."""

    error = "slow_down"
    description = "Too many calls. Wait for the seconds of Retry-After."
    status_code = 429

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds

    def get_headers(self) -> list[tuple[str, str]]:
        """With the time to wait in seconds."""
        return [*super().get_headers(), ("Retry-After", str(self.seconds))]


def proved(ctx: Context, client: Client, endpoint: str, address: str) -> None:
    """Count a call of a client that authenticated as its registration says.

    Args:
        endpoint: "token", "introspection" or "revocation".
        address: where the call came from; matters only for public apps, which cannot prove who they are.

    Raises:
        TooManyCalls: beyond the limit.
    """
    if client.auth_method == "none":
        _spend(ctx, PUBLIC, "public", endpoint, str(client.id), network_of(address))
    else:
        _spend(ctx, QUESTIONS if endpoint == "introspection" else CALLS, "client", endpoint, str(client.id))


def unproved(ctx: Context, address: str) -> None:
    """Count a call that proved nothing.

    Raises:
        TooManyCalls: beyond the limit.
    """
    _spend(ctx, STRANGERS, "stranger", network_of(address))


def _spend(ctx: Context, limit: int, *key: str) -> None:
    now: datetime = ctx.now()
    name = sha256("\0".join(("oauth", *key)).encode()).digest()
    count, until = ctx.session.execute(_COUNT, {"key": name, "now": now, "until": now + WINDOW}).one()
    if count > limit:
        raise TooManyCalls(max(1, ceil((until - now).total_seconds())))
