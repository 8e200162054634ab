"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import SimulatorSettings


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated terminal; at speed 1 it calls every five minutes as VNPay does."""

    secret: str = "VNPAY-SIMULATOR-SECRET"
    tmn_code: str = "SCHOOL01"
