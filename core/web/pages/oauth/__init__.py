"""The authorization server's addresses: for programs, for the person who agrees, and for the school."""

from __future__ import annotations

from . import agree, endpoints, manage

BLUEPRINTS = (endpoints.blueprint, agree.blueprint, manage.blueprint)

__all__ = ["BLUEPRINTS"]
