"""Electronic invoices: the port, as adapters see it, and the service that the school uses, for whoever issues."""

from core.einvoices.port import (
    Absent,
    Buyer,
    EInvoiceProvider,
    Issued,
    Kind,
    Line,
    NoAnswer,
    Order,
    Standing,
    State,
)
from core.einvoices.providers import bind, client, config_of, in_use, installed
from core.types.fields import Config, Field
from core.types.http import HttpAnswer, HttpClient, HttpFailure

__all__ = [
    "Absent",
    "Buyer",
    "Config",
    "EInvoiceProvider",
    "Field",
    "HttpAnswer",
    "HttpClient",
    "HttpFailure",
    "Issued",
    "Kind",
    "Line",
    "NoAnswer",
    "Order",
    "Standing",
    "State",
    "bind",
    "client",
    "config_of",
    "in_use",
    "installed",
]
