"""The dialects of bank notifiers. Each verifies over what it received and reads one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.sdk.payments import Config, Notice, Refused, Verified

from . import casso, payos, sepay

Style = Callable[[Notice, Config], Verified | Refused]

STYLES: Mapping[str, Style] = {
    "sepay": sepay.receive_signed,
    "sepay_apikey": sepay.receive_with_key,
    "payos": payos.receive,
    "casso": casso.receive,
}
