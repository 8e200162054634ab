"""Rights and settings of this part, and who holds them."""

from __future__ import annotations

from types import MappingProxyType

from core.access.roles import ACCOUNTANT, DATA_PROTECTION, HEAD, OFFICE, PARENT, PUPIL, ROLES, TEACHER
from core.types.contributions import Permission, RoleGrant, Setting
from core.types.message import _

LOG = "core.access.log"
OPEN = "core.access.emergency"
REVIEW = "core.access.review"
REQUEST = "core.exports.request"
APPROVE = "core.exports.approve"

PERMISSIONS = [
    Permission(LOG, _("See who has looked at anybody's sensitive data")),
    Permission(f"{LOG}.own", _("See who has looked at one's own and one's children's sensitive data")),
    Permission(OPEN, _("Open a record in an emergency")),
    Permission(REVIEW, _("Review records that were opened in an emergency")),
    Permission(REQUEST, _("Ask a second person to agree to a large or sensitive export")),
    Permission(APPROVE, _("Agree to exports of others")),
]
WATCHING = (HEAD, DATA_PROTECTION)
"""Roles that stand over the log: told of emergencies and asked about exports."""
STAFF = (HEAD, OFFICE, TEACHER, ACCOUNTANT)
ROLE_GRANTS = [
    *(RoleGrant(role, frozenset({f"{LOG}.own"})) for role in ROLES if role in (*STAFF, PARENT, PUPIL)),
    *(RoleGrant(role, frozenset({OPEN, REQUEST})) for role in STAFF),
    *(RoleGrant(role, frozenset({LOG, REVIEW, APPROVE})) for role in WATCHING),
]

EMERGENCY_BY_ROLE = MappingProxyType(
    {
        role: Setting(
            f"core.emergency.{role}",
            _("Emergency access for the role: %(role)s", role=ROLES[role]),
            kind="bool",
            default=role != ACCOUNTANT,
        )
        for role in STAFF
    }
)
EMERGENCY_MINUTES = Setting(
    "core.emergency.minutes",
    _("Minutes that a record stays open in an emergency"),
    kind="int",
    default=60,
    help=_("From 5 to 240."),
)
THRESHOLD = Setting(
    "core.exports.threshold",
    _("Persons in a list from which a second person must agree"),
    kind="int",
    default=200,
    help=_("Lists with sensitive columns need a second person however short they are."),
)
QUOTA = Setting(
    "core.exports.quota",
    _("Persons whose data one account may take out in a day"),
    kind="int",
    default=5000,
)
HOURS = Setting(
    "core.exports.hours",
    _("Hours that an agreed export can be fetched"),
    kind="int",
    default=24,
)
DOWNLOADS = Setting(
    "core.exports.downloads",
    _("How often an agreed export can be fetched"),
    kind="int",
    default=3,
)
SETTINGS = [*EMERGENCY_BY_ROLE.values(), EMERGENCY_MINUTES, THRESHOLD, QUOTA, HOURS, DOWNLOADS]
