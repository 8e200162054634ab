"""The simulator's own signatures, written from Stripe's document and not from the adapter."""

from __future__ import annotations

import hmac


def header(secrets: str, moment: int, payload: str) -> str:
    """`Stripe-Signature` of a payload: one `v1` for each secret, and a `v0` that nobody may believe."""
    text = f"{moment}.{payload}".encode()
    made = [hmac.digest(secret.strip().encode(), text, "sha256").hex() for secret in secrets.split(",")]
    return ",".join([f"t={moment}", *(f"v1={one}" for one in made), "v0=" + "0" * 64])
