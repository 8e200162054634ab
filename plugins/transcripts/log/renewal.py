"""Timestamps over a checkpoint, and over the timestamps before them (RFC 4998, 5.2).

The first token is over the SHA-256 of the checkpoint's note, every further one over that of the token before it. Each
has to hold at the time of the next, only the last one now. So old proofs outlive their authorities,
and records are never touched again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from ..trust import cms, timestamp
from ..trust.anchors import Anchors
from ..trust.timestamp import Timestamp

MARGIN = timedelta(days=180)
"""How long before its end a token is renewed: long enough to notice that no authority answers."""
MOST = 64
"""Tokens over one checkpoint."""


def imprint_of(note: bytes, tokens: Sequence[bytes]) -> bytes:
    """What the next token is over."""
    return sha256(tokens[-1] if tokens else note).digest()


def judge(note: bytes, tokens: Sequence[bytes], anchors: Anchors, at: datetime) -> Timestamp | str:
    """The time at which a checkpoint existed, as the first token says it; or the finding about one that fails.

    Besides those of `trust.timestamp.judge`: `timestamp_missing`, and `timestamp_order` (older than the one before it).
    """
    if not tokens or len(tokens) > MOST:
        return "timestamp_missing"
    first: Timestamp | None = None
    for number, token in enumerate(tokens):
        until = at if number == len(tokens) - 1 else _time(tokens[number + 1])
        if until is None:
            return "timestamp_malformed"
        found = timestamp.judge(token, imprint_of(note, tokens[:number]), anchors, until)
        if isinstance(found, str):
            return "timestamp_order" if found == "timestamp_future" and until is not at else found
        first = first or found
    return first or "timestamp_missing"


def due(token: bytes, now: datetime, *, algorithms_end: datetime | None = None, margin: timedelta = MARGIN) -> bool:
    """Whether a token has to be stamped anew: its certificate or its algorithms end within the margin.

    Args:
        algorithms_end: the last day of the algorithms that it uses, by the policy; None while there is none.

    Raises:
        MalformedToken: what was stored is no token.
    """
    said = timestamp.read(token)
    certificate = cms.certificate_named(said.message)
    if certificate is None:
        return True
    end = certificate.not_valid_after_utc
    return min(end, algorithms_end or end) - margin <= now


def _time(token: bytes) -> datetime | None:
    try:
        return timestamp.read(token).time
    except timestamp.MalformedToken:
        return None
