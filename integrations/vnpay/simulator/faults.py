"""What else can go wrong at VNPay."""

from __future__ import annotations

from dataclasses import dataclass

from core.sdk.testing.simulators import Faults


@dataclass
class VnpayFaults(Faults):
    """`timeout_after_commit` concerns queries and refunds, `late_success` failed and cancelled payments."""

    refund_result: str = "done"
    """What becomes of refunds: `done`, `failed`, or `pending` until told otherwise."""
    refund_delay: float = 0.0
    """How long a refund is processed."""
