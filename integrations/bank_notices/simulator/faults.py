"""What else banks do."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import Faults


@dataclass
class BankFaults(Faults):
    """`timeout_after_commit` and `late_success` concern transfers: the payer is told nothing, or a failure."""

    upper: int = 1
    """1: texts arrive in capitals."""
    strip: int = 1
    """1: marks and punctuation are taken out of texts."""
    prefix: str = ""
    """Put before each text, as some banks do."""
    truncate: int = 0
    """Longest text; 0 for no limit."""
