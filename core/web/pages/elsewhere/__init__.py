"""Pages of identities from elsewhere: signing in with them, one's own, and what the school looks at."""

from __future__ import annotations

from . import enter, leave, own, school

BLUEPRINTS = (enter.blueprint, leave.blueprint, own.blueprint, school.blueprint)

__all__ = ["BLUEPRINTS"]
