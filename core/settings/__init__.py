"""Typed settings of the installation and of schools; secrets encrypted."""

from __future__ import annotations

from .keys import Keyring, keys, use_keys
from .services import Shown, bind, clear, get, labels, put, shown

set = put

__all__ = ["Keyring", "Shown", "bind", "clear", "get", "keys", "labels", "put", "set", "shown", "use_keys"]
