"""Correcting what is in force: never edited, always a next version by a decision, signed by everybody anew."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, _
from core.sdk.errors import Conflict, NotFound

from ...access import REVOKE
from ...rules.states import IN_FORCE
from ..records import versions
from ..steps import need
from .job import Correction, freeze_class


def correct(ctx: Context, record_id: UUID, reason: str, decision: str) -> int:
    """Make the next version of a record of the results as they are now; the present one counts until that is sealed.

    Returns:
        the number of the new version.

    Raises:
        Forbidden, NotFound. Invalid: without a reason or the number of a decision. Conflict: not in force, a version is
            being signed already, or something is missing.
    """
    ctx.require(REVOKE)
    need(reason, decision, decided=True)
    found = versions(ctx, [record_id], lock=True)
    if not found:
        raise NotFound
    (old,) = found
    if old.state not in IN_FORCE:
        raise Conflict(_("This record is not in force."))
    why = Correction(reason.strip(), decision.strip())
    if not freeze_class(ctx, old.class_id, [old.learner_id], why):
        raise Conflict(_("A new version cannot be made now: something is missing, or one is being signed already."))
    return old.version + 1
