"""Recovery codes: ten on paper, shown once, each good once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.types import new_id
from core.identity.crockford import ALPHABET, tidy
from core.settings.keys import keys

COUNT: Final = 10
LENGTH: Final = 10
"""Signs of 5 bits each: 50 bits, with attempts counted."""
_FORGET = text("DELETE FROM core_recovery_code WHERE account_id = :id")
_ADD = text(
    "INSERT INTO core_recovery_code (id, account_id, code_hash, created_at) VALUES (:code_id, :id, :hash, :now)"
)
_SPEND = text(
    "UPDATE core_recovery_code SET used_at = :now WHERE account_id = :id AND code_hash = ANY(:hashes)"
    " AND used_at IS NULL RETURNING id"
)


def make(ctx: Context, account_id: UUID) -> list[str]:
    """Ten new codes as they are written (`K3M9Q-7WXT2`); those before are good no more."""
    forget(ctx, account_id)
    codes = ["".join(secrets.choice(ALPHABET) for _sign in range(LENGTH)) for _code in range(COUNT)]
    now = ctx.now()
    rows = [{"code_id": new_id(), "id": account_id, "hash": _hashes(account_id, code)[0], "now": now} for code in codes]
    ctx.session.execute(_ADD, rows)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def forget(ctx: Context, account_id: UUID) -> None:
    """Take all codes of an account away."""
    ctx.session.execute(_FORGET, {"id": account_id})


def spend(ctx: Context, account_id: UUID, typed: str) -> bool:
    """Whether it is a code that was not used before; it is used now."""
    code = tidy(typed)
    if len(code) != LENGTH:
        return False
    values = {"id": account_id, "hashes": _hashes(account_id, code), "now": ctx.now()}
    return ctx.session.execute(_SPEND, values).one_or_none() is not None


def _hashes(account_id: UUID, code: str) -> list[bytes]:
    """The digest with each key of the installation, newest first: a stolen table alone gives nothing to guess at."""
    text_ = account_id.bytes + code.encode()
    return [hmac.new(key, text_, hashlib.sha256).digest() for key in keys().derive("recovery-code")]
