"""Typed settings of the installation and of schools; secrets encrypted."""

from __future__ import annotations

from .keys import Keyring, keys, use_keys
from .services import Shown, bind, checked, clear, get, labels, put, shown, values

set = put

__all__ = [
    "Keyring",
    "Shown",
    "bind",
    "checked",
    "clear",
    "get",
    "keys",
    "labels",
    "put",
    "set",
    "shown",
    "use_keys",
    "values",
]
