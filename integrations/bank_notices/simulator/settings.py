"""What the simulator is told at its start."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import SimulatorSettings


@dataclass(frozen=True)
class Account:
    """A receiving account."""

    bank_bin: str
    number: str
    name: str
    opening: int = 100_000_000
    """Balance at the start, in dong."""


DEFAULT_ACCOUNT = Account("970422", "0001234567890", "TRUONG THCS HOA PHUONG")


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One simulated bank; at speed 1 it calls again after SePay's minutes."""

    secret: str = "BANK-SIMULATOR-SECRET"
    auth: str = "hmac"
    """`hmac` (signed) or `apikey` (static key)."""
    accounts: tuple[Account, ...] = (DEFAULT_ACCOUNT,)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.auth not in ("hmac", "apikey"):
            raise ValueError("auth is hmac or apikey")
