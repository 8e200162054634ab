"""Codes on paper with which families join; all that reach data ask for the permission `core.families.invite`.

`issue(ctx, children)`, `families(ctx, children)`, `withdraw(ctx, children)`; `shown(code)` is how a code is printed.
"""

from core.identity.crockford import shown
from core.identity.families.issuing import FamilyRow, families, issue, withdraw

__all__ = ["FamilyRow", "families", "issue", "shown", "withdraw"]
