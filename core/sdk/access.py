"""Relation scopes: `access.require_for(ctx, "finance.bill.read", person_id)`."""

from core.access import ROLES, children, may, reach, reached, reached_in, require_for

__all__ = ["ROLES", "children", "may", "reach", "reached", "reached_in", "require_for"]
