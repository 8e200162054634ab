"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import SimulatorSettings, is_loopback


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated partner, for both shapes; `secret` is the one of version 1.0.6, the keys are KeyPay's."""

    secret: str = "PORTAL-SIMULATOR-SECRET"
    partner: str = "TRUONG01"
    key1: str = "PORTAL-SIMULATOR-KEY1"
    key2: str = "PORTAL-SIMULATOR-KEY2"
    lookup_key: str = "PORTAL-SIMULATOR-LOOKUP"
    lookup_url: str = ""
    """Where it asks for bills: `/lookups/<channel>`."""
    return_to: str = ""
    """Where payers are sent back to by a form: `/returns/<channel>`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lookup_url and not is_loopback(self.lookup_url):
            raise ValueError("the simulator asks addresses of this machine only")
