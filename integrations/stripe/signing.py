"""Stripe's signature of notices: HMAC-SHA256 in hex over `<t>.<raw body>`, in the header `Stripe-Signature: t=,v1=`.

While a secret is changed Stripe signs with both (several `v1`), and this program may know both.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime

from core.sdk.payments import Notice, Refusal, Refused

HEADER = "stripe-signature"
TOLERANCE = 300
"""Seconds."""
_MOMENT = re.compile(r"[0-9]{1,12}")


def mac(moment: str, body: bytes, secret: str) -> str:
    """The signature of a body at a moment (seconds since 1970, as sent)."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(notice: Notice, secrets: Iterable[str]) -> Refused | None:
    """Why a notice is not Stripe's word, None when it is. Without a secret nothing is genuine."""
    parts = [part.partition("=") for part in notice.headers.get(HEADER, "").split(",")]
    moments = [value for name, _equals, value in parts if name.strip() == "t"]
    given = [value for name, _equals, value in parts if name.strip() == "v1"]
    if len(moments) != 1 or not _MOMENT.fullmatch(moments[0]) or not given:
        return Refused(Refusal.BAD_SIGNATURE, "no signature")
    known = [mac(moments[0], notice.body, secret) for secret in secrets if secret]
    if not any(hmac.compare_digest(a.encode(), b.encode()) for a in known for b in given):
        return Refused(Refusal.BAD_SIGNATURE, "wrong signature")
    if abs(_seconds(notice.received_at) - int(moments[0])) > TOLERANCE:
        return Refused(Refusal.STALE, "signed more than five minutes before or after it came")
    return None


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
