"""What `status_code` says. Not confirmed by VNPT: a code that is not known here decides nothing."""

from __future__ import annotations

from core.sdk.signing import SigningState

SUCCESS = 200
WAITING = 4000
CONFLICT = 409
"""A transaction id that was used with other digests."""
STATES = {
    SUCCESS: SigningState.SIGNED,
    WAITING: SigningState.PREPARED,
    4001: SigningState.EXPIRED,
    4002: SigningState.REFUSED,
    4003: SigningState.REFUSED,
    4004: SigningState.REFUSED,
}
REASONS = {4002: "declined", 4003: "key_not_authorised", 4004: "signing_failed"}
