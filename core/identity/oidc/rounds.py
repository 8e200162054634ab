"""A round through a provider, kept on the server (trap T7): state, nonce, verifier, who began it and in which browser.

The browser carries the state in the address and a cookie; neither says anything (N1, N4).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import new_id
from core.settings.keys import keys

from .refusal import OidcRefused

LIFE = timedelta(minutes=10)
MOST_TRIES = 5
Purpose = Literal["sign_in", "link", "confirm", "sign_out"]
_ADD = text(
    "INSERT INTO core_oidc_pending (id, state_hash, browser_hash, provider, issuer, purpose, minimum, secrets,"
    " return_path, account_id, session_id, expires_at) VALUES (:id, :state, :browser, :provider, :issuer, :purpose,"
    " :minimum, :secrets, :return_path, :account, :session, :until)"
)
_COLUMNS = "id, provider, issuer, purpose, minimum, secrets, return_path, account_id, session_id"
# Another browser does not even use it up: only the right one can.
_TAKE = text(
    "UPDATE core_oidc_pending SET used_at = :now WHERE state_hash = :state AND browser_hash = :browser"  # noqa: S608
    " AND provider = :provider AND purpose = ANY(:purposes) AND used_at IS NULL AND expires_at > :now"
    f" RETURNING {_COLUMNS}"
)
_WAIT = text("UPDATE core_oidc_pending SET secrets = :secrets, expires_at = :until WHERE id = :id")
_TRY = text(
    "UPDATE core_oidc_pending SET tries = tries + 1 WHERE id = :id AND browser_hash = :browser"  # noqa: S608
    " AND used_at IS NOT NULL"
    f" AND purpose = 'sign_in' AND expires_at > :now AND tries < :most RETURNING {_COLUMNS}"
)
_PEEK = text(
    "SELECT id FROM core_oidc_pending WHERE id = :id AND browser_hash = :browser AND used_at IS NOT NULL"
    " AND expires_at > :now AND tries < :most"
)
_DONE = text("DELETE FROM core_oidc_pending WHERE id = :id")
_PRUNE = text("DELETE FROM core_oidc_pending WHERE expires_at < :now")


@dataclass(frozen=True, slots=True)
class Round:
    """What was kept of a round."""

    id: UUID
    provider: str
    issuer: str
    purpose: Purpose
    minimum: int
    sealed: str
    return_path: str
    account_id: UUID | None
    session_id: UUID | None

    def secrets(self) -> dict[str, Any]:
        """Nonce and verifier, or the identity that waits for a code."""
        found: dict[str, Any] = json.loads(keys().unseal(self.sealed, f"oidc:{self.id}"))
        return found


@dataclass(frozen=True, slots=True)
class Begun:
    """What leaves the server: `state` in the address, `browser` in a cookie."""

    id: UUID
    state: str
    browser: str


def begin(
    ctx: Context,
    provider: str,
    issuer: str,
    purpose: Purpose,
    kept: Mapping[str, Any],
    *,
    minimum: int = 1,
    return_path: str = "/",
    account_id: UUID | None = None,
    session_id: UUID | None = None,
) -> Begun:
    """Keep a new round, in a context over all schools."""
    begun = Begun(new_id(), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    values = {
        "id": begun.id,
        "state": _hash(begun.state),
        "browser": _hash(begun.browser),
        "provider": provider,
        "issuer": issuer,
        "purpose": purpose,
        "minimum": minimum,
        "secrets": _seal(begun.id, kept),
        "return_path": return_path,
        "account": account_id,
        "session": session_id,
        "until": ctx.now() + LIFE,
    }
    ctx.session.execute(_ADD, values)
    return begun


def take(ctx: Context, provider: str, state: str, browser: str, *purposes: Purpose) -> Round:
    """Use a round up: once, in time, in the browser that began it, for the provider that it was begun with.

    Raises:
        OidcRefused: otherwise.
    """
    values = {"state": _hash(state), "browser": _hash(browser), "provider": provider, "purposes": list(purposes)}
    row = ctx.session.execute(_TAKE, {**values, "now": ctx.now()}).one_or_none()
    if row is None:
        raise OidcRefused("round")
    return Round(*row)


def wait(ctx: Context, one: Round, kept: Mapping[str, Any]) -> None:
    """Keep a proven identity that no account knows, until the person types the school's code."""
    values = {"id": one.id, "secrets": _seal(one.id, kept), "until": ctx.now() + LIFE}
    ctx.session.execute(_WAIT, values)


def waits(ctx: Context, round_id: UUID, browser: str) -> bool:
    """Whether such an identity waits for a code in this browser."""
    values = {"id": round_id, "browser": _hash(browser), "now": ctx.now(), "most": MOST_TRIES}
    return ctx.session.execute(_PEEK, values).one_or_none() is not None


def try_code(ctx: Context, round_id: UUID, browser: str) -> Round:
    """Count a try of a code for the identity that waits.

    Raises:
        OidcRefused: when none waits in this browser, or five codes were wrong.
    """
    values = {"id": round_id, "browser": _hash(browser), "now": ctx.now(), "most": MOST_TRIES}
    row = ctx.session.execute(_TRY, values).one_or_none()
    if row is None:
        raise OidcRefused("round")
    return Round(*row)


def finish(ctx: Context, one: Round) -> None:
    """Forget a round whose work is done."""
    ctx.session.execute(_DONE, {"id": one.id})


def prune(ctx: Context) -> None:
    """Forget rounds that nobody finished."""
    ctx.session.execute(_PRUNE, {"now": ctx.now()})


def _hash(value: str) -> bytes:
    """256 random bits need no key."""
    return sha256(value.encode("utf-8", "replace")).digest()


def _seal(round_id: UUID, kept: Mapping[str, Any]) -> str:
    return keys().seal(json.dumps(dict(kept)), f"oidc:{round_id}")
