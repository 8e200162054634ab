"""Messages to people."""

from core.types.message import Message, Translate, _

__all__ = ["Message", "Translate", "_"]
