"""What signing in with identities from elsewhere contributes to the registries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.data.context import Context
from core.hookspecs import hookimpl
from core.types.contributions import AuditAction, Payload, PersonalData, Progress, Schedule, Task
from core.types.message import Message, _

from . import codes, models, providers, rounds
from .personal import DATA

TEND = "core.oidc.tend"


def tend(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Forget rounds that nobody finished, and codes that are long over."""
    rounds.prune(ctx)
    codes.prune(ctx)


def _provider(detail: Mapping[str, Any]) -> Message | None:
    name = str(detail.get("provider") or "")
    return _("At: %(name)s", name=providers.label(name)) if name else None


ACTIONS = [
    AuditAction("identity.linked", _("Identity from elsewhere linked"), _provider),
    AuditAction("identity.unlinked", _("Identity from elsewhere taken off"), _provider),
    AuditAction("identity.link_code_made", _("Code for linking an identity made")),
    AuditAction("identity.review_confirmed", _("Doubt about an identity: the same person")),
    AuditAction("identity.review_unlinked", _("Doubt about an identity: taken off the account")),
]


class OidcPlugin:
    """The relying party."""

    tables = models
    """Known to the program from its start, though only SQL speaks of them."""

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return ACTIONS

    @hookimpl
    def provide_personal_data(self) -> list[PersonalData]:
        return [DATA]

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return [Task(TEND, tend)]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return [Schedule(TEND, TEND, every=timedelta(hours=1))]
