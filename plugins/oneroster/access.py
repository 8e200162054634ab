"""Rights of programs that speak OneRoster, with the scopes that the standard names for them.

Scopes: 1EdTech OneRoster 1.2 REST binding, section on security (`https://purl.imsglobal.org/spec/or/v1p2/scope/...`).
"""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
CORE = "oneroster.roster.read"
DEMOGRAPHICS = "oneroster.demographics.read"

PERMISSIONS = [
    Permission(
        CORE,
        _("Hand out classes and people by OneRoster"),
        scopes=(f"{_SCOPE}roster-core.readonly", f"{_SCOPE}roster.readonly"),
    ),
    Permission(
        DEMOGRAPHICS,
        _("Hand out dates of birth and sex by OneRoster"),
        scopes=(f"{_SCOPE}roster-demographics.readonly", f"{_SCOPE}roster.readonly"),
    ),
    Permission("oneroster.package.export", _("Take out the OneRoster package")),
    Permission("oneroster.package.import", _("Bring in a OneRoster package")),
]
_FILES = frozenset({"oneroster.package.export", "oneroster.package.import"})
ROLES = [RoleGrant("head", _FILES | {CORE, DEMOGRAPHICS}), RoleGrant("office", _FILES)]
"""Who may let a program in must hold what it gets; people themselves have pages and need no OneRoster."""
