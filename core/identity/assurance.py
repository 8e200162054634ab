"""Steps that ask for a level of assurance: how surely a provider of identities knows who the person is.

A permission says so where it is declared (`Permission(..., assurance=2)`), and every page and API operation that names
it asks; a service may ask by itself. The level is the session's, reached at a provider of the installation.
"""

from __future__ import annotations

from sqlalchemy import text

from core.data.context import Context
from core.types.errors import AssuranceNeeded

from .sessions import as_system

_LEVEL = text("SELECT level FROM core_oidc_session WHERE session_id = :session")


def require_assurance(ctx: Context, level: int) -> None:
    """Let pass only who has proved themself to a provider at this level or a higher one in their session.

    The program itself passes; a vendor's program never does, for nobody can ask it.

    Args:
        level: the place in the provider's own order, from 1 (the weakest).

    Raises:
        AssuranceNeeded: otherwise. A page sends the person to prove it; then they come back to it.
    """
    if ctx.actor.kind == "system":
        return
    reached = 0
    if ctx.actor.session_id is not None and ctx.actor.client_id is None:
        with as_system(ctx):
            reached = ctx.session.execute(_LEVEL, {"session": ctx.actor.session_id}).scalar_one_or_none() or 0
    if reached < level:
        raise AssuranceNeeded(level)
