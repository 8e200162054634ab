"""The signature provider port, as adapters see it; those that are installed; the check that every signature
passes; and what orders remember."""

from core.signing.memory import arrive, check_order, kept, miss, refuse, remembered, was_begun, where
from core.signing.port import (
    ALLOWED,
    DIGEST_BYTES,
    Algorithm,
    Credential,
    Digest,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningProvider,
    SigningState,
)
from core.signing.providers import bind, client, get, installed
from core.signing.verify import algorithm_of, is_genuine
from core.types.fields import Config, Field
from core.types.http import HttpAnswer, HttpClient, HttpFailure

__all__ = [
    "ALLOWED",
    "DIGEST_BYTES",
    "Algorithm",
    "Config",
    "Credential",
    "Digest",
    "Field",
    "HttpAnswer",
    "HttpClient",
    "HttpFailure",
    "NoAnswer",
    "Signing",
    "SigningOrder",
    "SigningProvider",
    "SigningState",
    "algorithm_of",
    "arrive",
    "bind",
    "check_order",
    "client",
    "get",
    "installed",
    "is_genuine",
    "kept",
    "miss",
    "refuse",
    "remembered",
    "was_begun",
    "where",
]
