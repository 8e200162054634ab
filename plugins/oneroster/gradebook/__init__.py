"""The gradebook service: `/ims/oneroster/gradebook/v1p2`."""

from __future__ import annotations

from . import routes as routes
from . import writes as writes
from .blueprint import blueprint

__all__ = ["blueprint"]
