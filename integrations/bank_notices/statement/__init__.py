"""Reading of bank statements: file bytes in, typed lines out (import specification, "Bank statement")."""

from .columns import COLUMNS
from .reader import read_statement

__all__ = ["COLUMNS", "read_statement"]
