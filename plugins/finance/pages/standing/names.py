"""Names of rails in the reader's words."""

from __future__ import annotations

from core.sdk import Message
from core.sdk.web import runtime


def account_names() -> dict[str, str | Message]:
    """Payment services by their short names, for `account_label`."""
    return {name: provider.label for name, provider in runtime().registry.payment_providers().items()}
