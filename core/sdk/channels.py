"""The notification channel port, as adapters see it."""

from core.notify.port import (
    Accepted,
    Callback,
    Declined,
    Forged,
    Later,
    Letter,
    NotificationChannel,
    Receipt,
    ReceiptState,
)
from core.types.fields import Config, Field
from core.types.http import HttpAnswer, HttpClient, HttpFailure

__all__ = [
    "Accepted",
    "Callback",
    "Config",
    "Declined",
    "Field",
    "Forged",
    "HttpAnswer",
    "HttpClient",
    "HttpFailure",
    "Later",
    "Letter",
    "NotificationChannel",
    "Receipt",
    "ReceiptState",
]
