"""Typed settings: `settings.get(ctx, "finance.receipt_prefix")`. Secrets of own tables: `keys().seal(text, place)`."""

from core.settings import Keyring, Shown, clear, get, keys, put

__all__ = ["Keyring", "Shown", "clear", "get", "keys", "put"]
