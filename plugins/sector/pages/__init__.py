"""HTML pages of the exchange."""

from . import answering, batches, desk, making, shapes  # noqa: F401  (views register themselves)
from .blueprint import blueprint

__all__ = ["blueprint"]
