"""Pages for whoever holds a pay link: no account, no name, one task. Importing a file mounts its pages."""

from __future__ import annotations

from . import bill, receipt, returns, transfer
from .door import blueprint

__all__ = ["bill", "blueprint", "receipt", "returns", "transfer"]
