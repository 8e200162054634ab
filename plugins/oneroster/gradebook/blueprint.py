"""The blueprint of the gradebook service."""

from __future__ import annotations

from ..wire import service

PREFIX = "/ims/oneroster/gradebook/v1p2"
blueprint = service("oneroster_gradebook", __name__, PREFIX)
