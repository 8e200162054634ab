"""Reading of bank statements: file bytes in, typed lines out (import specification, "Bank statement")."""

from .reader import read_statement

__all__ = ["read_statement"]
