"""The errors that services raise."""

from core.types.errors import (
    AssuranceNeeded,
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
    "AssuranceNeeded",
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
