"""Messages to people."""

from core.data.i18n import translator
from core.types.message import Message, Translate, _

__all__ = ["Message", "Translate", "_", "translator"]
