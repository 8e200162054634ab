"""Speaking to Stripe: where, and what a refusal is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.sdk.payments import Config, HttpClient

if TYPE_CHECKING:
    from .service import Service

API_URL = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Stripe has understood the request and does not carry it out."""

    why: Literal["denied", "repeated", "missing", "refused"]
    """The key does not open this; another request bore the same number; no such object; everything else."""
    code: str
    status: int


def opened(config: Config, http: HttpClient) -> Service:
    """Stripe's calls with the settings of a channel."""
    from .service import Service  # large: only who speaks to Stripe loads it

    return Service(config, http)
