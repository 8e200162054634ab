"""Giving money back: asked for by one person, approved by another, sent by the worker, ended by evidence.

Reserved and done refunds stay below what was captured (I8). An order whose answer is lost is UNKNOWN and is resolved by
asking, never by assuming.
"""

from __future__ import annotations

from .orders import SEND, approve, reject, request
from .sending import paid_out, reserve, run

__all__ = ["SEND", "approve", "paid_out", "reject", "request", "reserve", "run"]
