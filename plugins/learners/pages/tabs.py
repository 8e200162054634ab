"""What the tabs of a pupil's page show that are this module's own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import request

from core.sdk import Context

from ..rules.fields import FIELDS, GROUPS, word
from ..rules.moves import KINDS, REASONS, STATES
from ..rules.policies import NAMES as POLICIES
from ..services import guardians, movements, policies, profiles
from ..services.rolls import enrolments_of
from .history import history_of

OWN_TABS = ("family", "more", "policies", "steps", "history")


def tab_values(ctx: Context, learner_id: UUID, current: str, closed: Collection[str]) -> dict[str, Any]:
    """The values of the tab that is shown; the service of the record has checked who asks.

    Args:
        closed: classes of sensitive data that stay closed to this reader.
    """
    values: dict[str, Any] = {"desk": request.args.get("desk"), "desk_class": request.args.get("class")}
    if current == "family":
        every = ctx.actor.has("learners.learner.read")
        values["guardians"] = guardians.guardians(ctx, learner_id)
        values["siblings"] = guardians.siblings_of(ctx, learner_id) if every else []
    elif current == "more":
        values |= _more(ctx, learner_id, closed)
    elif current == "policies":
        open_ = "policy" not in closed
        values |= {"policies": policies.policies_of(ctx, learner_id) if open_ else [], "closed": not open_}
        values["policy_names"] = [(name, name) for name in POLICIES]
    elif current == "steps":
        steps = movements.movements_of(ctx, learner_id)
        values |= {"steps": steps, "enrolments": enrolments_of(ctx, learner_id), "step_names": KINDS}
        values |= {"reason_names": REASONS, "state": STATES[movements.state(ctx, learner_id)]}
        values["may_move"] = ctx.actor.has(movements.EDIT)
    elif current == "history":
        values["history"] = history_of(ctx, learner_id)
    return values


def _more(ctx: Context, learner_id: UUID, closed: Collection[str]) -> dict[str, Any]:
    held = profiles.profile_of(ctx, learner_id)
    groups = [
        (
            label,
            [(one.label, word(one, held[one.name]), one.data_class in closed) for one in FIELDS if one.group == name],
        )
        for name, label in GROUPS.items()
    ]
    return {
        "groups": groups,
        "numbers": profiles.identifiers_of(ctx, learner_id),
        "schemes": profiles.SCHEME_NAMES,
        "verification": profiles.verification_of(ctx, learner_id),
        "check_names": profiles.CHECK_NAMES,
        "id_warnings": profiles.id_warnings(ctx, learner_id),
    }
