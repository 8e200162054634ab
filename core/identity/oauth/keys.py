"""Keys that sign id_tokens: made here, kept encrypted, changed every 90 days.

A new key is published for a day before it signs, so that learning apps that keep our key set for a while know it; an
old one stays published for a day after its last signature.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.settings.keys import keys

ALGORITHM = "RS256"
"""What every relying party must understand (OpenID Connect Discovery section 3)."""
LIFE, AHEAD, AFTER = timedelta(days=90), timedelta(days=1), timedelta(days=1)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('core_oauth_key', 0))")
_SIGNING = text(
    "SELECT kid, sealed, signs_until FROM core_oauth_key WHERE signs_from <= :now AND signs_until > :now"
    " ORDER BY signs_from DESC LIMIT 1"
)
_LAST = text("SELECT max(signs_until) FROM core_oauth_key WHERE signs_until > :now")
_PUBLISHED = text("SELECT public FROM core_oauth_key WHERE signs_until > :since ORDER BY signs_from DESC")
_ADD = text(
    "INSERT INTO core_oauth_key (kid, sealed, public, created_at, signs_from, signs_until)"
    " VALUES (:kid, :sealed, CAST(:public AS jsonb), :now, :signs_from, :signs_until)"
)
_FORGET = text("DELETE FROM core_oauth_key WHERE signs_until < :since")


def signing_key(ctx: Context) -> RSAKey:
    """The key that signs now; the first one is made when it is first needed."""
    row = _current(ctx)
    if row is None:
        ctx.session.execute(_LOCK)
        row = _current(ctx)
    if row is None:
        _make(ctx, now_on=True)
        row = _current(ctx)
    if row is None:
        raise RuntimeError("no key signs, though one was just made")
    pem = keys().unseal(row.sealed, f"oauth_key:{row.kid}")
    return RSAKey.import_key(pem, {"kid": row.kid, "use": "sig", "alg": ALGORITHM})


def published(ctx: Context) -> dict[str, Sequence[dict[str, Any]]]:
    """The JSON Web Key Set of those that sign, will sign, or have just signed."""
    rows = ctx.session.execute(_PUBLISHED, {"since": ctx.now() - AFTER})
    return {"keys": [row.public for row in rows]}


def rotate(ctx: Context) -> None:
    """Make the next key in time and forget the ones that are over; runs every day."""
    ctx.session.execute(_LOCK)
    now = ctx.now()
    last = ctx.session.execute(_LAST, {"now": now}).scalar_one_or_none()
    if last is not None and last - now <= AHEAD * 2:
        _make(ctx, now_on=False)
    ctx.session.execute(_FORGET, {"since": now - AFTER})


def _current(ctx: Context) -> Row[Any] | None:
    return ctx.session.execute(_SIGNING, {"now": ctx.now()}).one_or_none()


def _make(ctx: Context, *, now_on: bool) -> None:
    now = ctx.now()
    kid = secrets.token_urlsafe(12)
    key = RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": ALGORITHM})
    begins = now if now_on else now + AHEAD
    values = {
        "kid": kid,
        "sealed": keys().seal(key.as_pem(private=True).decode(), f"oauth_key:{kid}"),
        "public": json.dumps(key.as_dict(private=False)),
        "now": now,
        "signs_from": begins,
        "signs_until": begins + LIFE,
    }
    ctx.session.execute(_ADD, values)
    audit.record(ctx, "oauth.key_made", target=("oauth_key", kid))
