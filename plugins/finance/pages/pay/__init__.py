"""Pages for whoever holds a pay link: no account, no name, one task. Importing a file mounts its pages."""

from __future__ import annotations

from . import basket, bill, claim, payment, receipt, returns, shares, transfer
from .door import blueprint

__all__ = ["basket", "bill", "blueprint", "claim", "payment", "receipt", "returns", "shares", "transfer"]
