"""The errors that services raise."""

from core.types.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotAuthenticated,
    NotFound,
    PreconditionFailed,
    StepUp,
    TruongError,
    Unavailable,
)

__all__ = [
    "Conflict",
    "Forbidden",
    "Invalid",
    "NotAuthenticated",
    "NotFound",
    "PreconditionFailed",
    "StepUp",
    "TruongError",
    "Unavailable",
]
