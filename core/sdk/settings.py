"""Typed settings: `settings.get(ctx, "finance.receipt_prefix")`. Secrets of own tables: `keys().seal(text, place)`."""

from core.settings import Keyring, Shown, clear, get, keys, put
from core.types.probe import Probe

__all__ = ["Keyring", "Probe", "Shown", "clear", "get", "keys", "put"]
