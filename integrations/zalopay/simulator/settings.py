"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import SimulatorSettings


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated application; `secret` is key1. Without `notify_url` callbacks go to each order's own address."""

    secret: str = "ZALOPAY-SIMULATOR-KEY1"
    key2: str = "ZALOPAY-SIMULATOR-KEY2"
    app_id: int = 2553
