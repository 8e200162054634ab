"""Signatures in slots (ETSI EN 319 132-1, XAdES): prepared here, made elsewhere, put in place here."""

from .evidence import add
from .signing import NotReady, Prepared, embed, finish, part, prepare, value_element

__all__ = ["NotReady", "Prepared", "add", "embed", "finish", "part", "prepare", "value_element"]
