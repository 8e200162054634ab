"""Timestamps of the log: which is wanted next, and keeping it. Asking is done while no transaction is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from core.sdk import Context

from ..trust import timestamp
from .models import LogToken
from .renewal import MARGIN, imprint_of
from .store import newest, tokens

_DUE = text("""
SELECT size FROM (
  SELECT DISTINCT ON (size) size, renew_at FROM transcripts_log_token ORDER BY size, number DESC) last
WHERE renew_at <= :now ORDER BY renew_at LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The next token: over which checkpoint, which one of its tokens, and over what bytes."""

    size: int
    number: int
    imprint: bytes


def wanted(ctx: Context, now: datetime) -> Wanted | None:
    """The token to ask for: over the newest checkpoint if it has none, else over an old one whose time runs out.

    Older checkpoints without a token need none: the newest one is over their entries too.
    """
    last = newest(ctx)
    if last is None:
        return None
    given = tokens(ctx, last.size)
    if not given:
        return Wanted(last.size, 0, imprint_of(bytes(last.note), ()))
    size = ctx.session.scalar(_DUE, {"now": now})
    if size is None:
        return None
    given = tokens(ctx, size)
    return Wanted(size, len(given), imprint_of(b"", given))


def keep(ctx: Context, asked: Wanted, token: bytes) -> None:
    """Keep the token that was asked for; keeping it twice is once.

    Raises:
        ValueError: it is no token over what was asked, or not signed by a timestamp authority.
    """
    said = timestamp.read(token)
    certificate = timestamp.authority_of(said)
    if said.imprint != asked.imprint or isinstance(certificate, str):
        raise ValueError("the token is about something else, or not by a timestamp authority")
    if len(tokens(ctx, asked.size)) != asked.number:
        return
    renew_at = certificate.not_valid_after_utc - MARGIN
    ctx.session.add(
        LogToken(size=asked.size, number=asked.number, token=token, time=said.time, renew_at=renew_at)
    )  # fmt: skip
    ctx.session.flush()
