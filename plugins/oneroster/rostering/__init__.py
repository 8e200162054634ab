"""The rostering service: `/ims/oneroster/rostering/v1p2`."""

from __future__ import annotations

from . import routes as routes
from .blueprint import blueprint

__all__ = ["blueprint"]
