"""The blueprint of the rostering service."""

from __future__ import annotations

from ..wire import service

PREFIX = "/ims/oneroster/rostering/v1p2"
blueprint = service("oneroster", __name__, PREFIX)
