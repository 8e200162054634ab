"""What the simulator is told at its start, and what goes wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import Faults, SimulatorSettings


@dataclass(frozen=True)
class Settings(SimulatorSettings):
    """One client, one person with one key."""

    secret: str = "CSC-SIMULATOR-SECRET"
    client: str = "truong"
    pin: str = "123456"
    otp: str = "2468"
    multisign: int = 100
    scal: str = "2"
    most: int = 50
    """Hashes that one signHash call takes."""
    extends: bool = True
    """Whether `credentials/extendTransaction` is offered."""


@dataclass
class SigningFaults(Faults):
    """Knobs of signing services."""

    partial: int = 0
    """So many signHash calls sign only the first half."""
    wrong_signature: int = 0
    """So many signatures are of another digest."""
    other_key: int = 0
    """So many signHash calls sign with somebody else's key."""
    wrong_code: int = 0
    """So many right codes are refused."""
    sad_seconds: int = 300
    """How long a confirmation lives."""
