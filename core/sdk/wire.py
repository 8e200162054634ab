"""Strict reading of messages that payment services sign."""

from core.payments.wire import (
    Json,
    MalformedError,
    amount,
    clean,
    is_web_address,
    moment,
    read_object,
    read_query,
    texts,
)

__all__ = [
    "Json",
    "MalformedError",
    "amount",
    "clean",
    "is_web_address",
    "moment",
    "read_object",
    "read_query",
    "texts",
]
