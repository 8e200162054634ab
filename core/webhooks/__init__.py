"""Events to the outside: signed webhooks by the Standard Webhooks rules (standardwebhooks.com, specification 1.0).

A school names addresses and the events that each of them wants. What has happened is stored as a message for each
address in the transaction that spreads the event, then sent by jobs, with retries over three days; every try is kept.
"""

from __future__ import annotations

from .bound import bind
from .endpoints import Endpoint, Made

__all__ = ["Endpoint", "Made", "bind"]
