"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import SimulatorSettings


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated partner. Without `notify_url` notices go to the `ipnUrl` of each order."""

    secret: str = "MOMO-SIMULATOR-SECRET"
    partner_code: str = "SCHOOL01"
    access_key: str = "MOMO-SIMULATOR-ACCESS"
