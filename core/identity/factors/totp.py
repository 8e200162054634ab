"""Authenticator apps: time-based one-time passwords (RFC 6238; SHA-1, 6 digits, 30 seconds: what every app can do)."""

from __future__ import annotations

import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import text

from core.data.context import Context
from core.settings.keys import keys

DIGITS: Final = 6
STEP: Final = 30
"""Seconds."""
WINDOW: Final = (0, -1, 1)
"""Steps beside the present one that are taken too: clocks differ, and people type slowly (RFC 6238 section 6)."""
_SECRET_BYTES: Final = 20
_FIND = text("SELECT secret FROM core_totp WHERE account_id = :id")
_SPEND = text(
    "UPDATE core_totp SET last_step = :step, secret = :secret WHERE account_id = :id AND last_step < :step"
    " RETURNING account_id"
)
_STORE = text(
    "INSERT INTO core_totp (account_id, secret, last_step, created_at) VALUES (:id, :secret, :step, :now)"
    " ON CONFLICT (account_id) DO UPDATE SET secret = :secret, last_step = :step, created_at = :now"
)
_DELETE = text("DELETE FROM core_totp WHERE account_id = :id RETURNING account_id")


def new_secret() -> str:
    """A fresh secret as people type it: Base32, 160 bits (RFC 4226 section 4, R6)."""
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def uri(secret: str, login: str, issuer: str) -> str:
    """What the QR code says, in the form that authenticator apps read."""
    return _totp(secret).get_provisioning_uri(login, issuer)


def code_at(secret: str, moment: datetime) -> str:
    """The code of a moment, as the app shows it."""
    return _totp(secret).generate(int(moment.timestamp())).decode()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, within the window; None for a wrong code. Pure."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    present = int(now.timestamp()) // STEP
    app, found = _totp(secret), None
    for offset in WINDOW:  # all of them, so that the time taken says nothing
        step = present + offset
        if constant_time.bytes_eq(app.generate(step * STEP), code.encode()) and found is None:
            found = step
    return found


def store(ctx: Context, account_id: UUID, secret: str, step: int) -> None:
    """Make it the app of an account; `step` is that of the code with which the person confirmed it."""
    values = {"id": account_id, "secret": keys().seal(secret, _place(account_id)), "step": step, "now": ctx.now()}
    ctx.session.execute(_STORE, values)


def spend(ctx: Context, account_id: UUID, code: str) -> bool:
    """Whether the code is right and was never used; it cannot be used again, nor any older one."""
    sealed = ctx.session.execute(_FIND, {"id": account_id}).scalar_one_or_none()
    if sealed is None:
        return False
    secret = keys().unseal(sealed, _place(account_id))
    step = step_of(secret, code, ctx.now())
    if step is None:
        return False
    kept = sealed if keys().is_current(sealed) else keys().seal(secret, _place(account_id))
    return ctx.session.execute(_SPEND, {"id": account_id, "step": step, "secret": kept}).one_or_none() is not None


def delete(ctx: Context, account_id: UUID) -> bool:
    """Take the app away; whether there was one."""
    return ctx.session.execute(_DELETE, {"id": account_id}).one_or_none() is not None


def seal_offer(secret: str, account_id: UUID, session_id: UUID) -> str:
    """A secret that is being set up, to travel in the form of its page: readable here only, for this session only."""
    return keys().seal(secret, f"totp-offer:{account_id}:{session_id}")


def open_offer(sealed: str, account_id: UUID, session_id: UUID) -> str:
    """The secret of `seal_offer`.

    Raises:
        ValueError: when it was made for somebody else or elsewhere.
    """
    return keys().unseal(sealed, f"totp-offer:{account_id}:{session_id}")


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303  (HMAC-SHA-1, as the apps have it)


def _place(account_id: UUID) -> str:
    return f"totp:{account_id}"
