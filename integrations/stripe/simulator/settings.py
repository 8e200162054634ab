"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import SimulatorSettings


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated account in test mode; `secret` is its key. Stripe tells a registered address only."""

    secret: str = "sk_test_SIMULATOR0001"
    webhook_secrets: str = "whsec_SIMULATOR0001"
    """Joined by commas; notices are signed with each, as while a secret is being changed."""
