"""What the authorization server contributes to the registries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.access.roles import HEAD, OPERATOR
from core.audit.words import names_of
from core.data.context import Context
from core.hookspecs import hookimpl
from core.types.contributions import (
    AuditAction,
    AuditTarget,
    NavItem,
    Payload,
    Permission,
    Progress,
    RoleGrant,
    Schedule,
    Task,
)
from core.types.message import Message, _

from . import keys, store
from .clients import MANAGE, READ
from .models import OAuthClient

TEND = "core.oauth.tend"


def tend(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Forget codes and tokens that are over, and change the signing key in time."""
    store.prune(ctx)
    keys.rotate(ctx)


def _scopes(detail: Mapping[str, Any]) -> Message | None:
    given = detail.get("scopes") or detail.get("permissions") or ()
    return _("Rights: %(names)s", names=", ".join(map(str, given))) if given else None


ACTIONS = [
    AuditAction("oauth.client_made", _("A program let in"), _scopes),
    AuditAction("oauth.client_switched_on", _("A program switched on")),
    AuditAction("oauth.client_switched_off", _("A program switched off")),
    AuditAction("oauth.secret_rotated", _("A program given a new secret")),
    AuditAction("oauth.consent_given", _("Agreed to a program"), _scopes),
    AuditAction("oauth.consent_withdrawn", _("Consent to a program withdrawn")),
    AuditAction("oauth.code_reused", _("A used code of a program came again; its access was ended")),
    AuditAction("oauth.token_reused", _("A used key of a program came again; its access was ended")),
    AuditAction("oauth.key_made", _("New key for signing in to learning apps")),
]
TARGETS = [
    AuditTarget(
        "oauth_client",
        _("Program of another maker"),
        READ,
        names_of(OAuthClient.id, OAuthClient.name),
        endpoint="oauth_clients.client",
        argument="client_id",
    ),
    AuditTarget("oauth_key", _("Signing key"), READ),
]


class OAuthPlugin:
    """The authorization server."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        return [
            Permission(READ, _("See the programs that the school has let in")),
            Permission(MANAGE, _("Let programs of other makers in, and switch them off")),
        ]

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        return [RoleGrant(role, frozenset({READ, MANAGE})) for role in (HEAD, OPERATOR)]

    @hookimpl
    def provide_nav(self) -> list[NavItem]:
        school = _("The school")
        return [NavItem(_("Programs"), "oauth_clients.clients", "plug", READ, section=school, order=905)]

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return ACTIONS

    @hookimpl
    def provide_audit_targets(self) -> list[AuditTarget]:
        return TARGETS

    @hookimpl
    def provide_tasks(self) -> list[Task]:
        return [Task(TEND, tend)]

    @hookimpl
    def provide_schedules(self) -> list[Schedule]:
        return [Schedule(TEND, TEND, every=timedelta(hours=12))]
