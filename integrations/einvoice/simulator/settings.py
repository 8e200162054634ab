"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import Faults, SimulatorSettings


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated account."""

    secret: str = "EINVOICE-SIMULATOR-SECRET"
    tax_code: str = "0100000001"


@dataclass
class InvoiceFaults(Faults):
    """What goes wrong at a service for invoices."""

    refuse: int = 0
    """So many orders are refused."""
    code_delay: float = 0.0
    """Seconds until the tax authority's code is there; below zero: when told."""
