"""Rights of programs that speak OneRoster, with the scopes that the standard names for them.

Scopes: 1EdTech OneRoster 1.2 REST binding, section on security (`https://purl.imsglobal.org/spec/or/v1p2/scope/...`). A
core scope opens collections and single objects; what belongs to a class, a school or a person needs the full one, and
dates of birth and sex have a scope of their own, which no other includes.
"""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
_FORMER = "https://purl.imsglobal.org/spec/or/v1p1/scope/"


def _scopes(*names: str, former: bool = True) -> tuple[str, ...]:
    """Scopes of 1.2, and those of the same name in 1.1."""
    return (*(_SCOPE + name for name in names), *(_FORMER + name for name in names if former))


CORE, RELATED = "oneroster.roster.read", "oneroster.roster.related"
DEMOGRAPHICS = "oneroster.demographics.read"
GRADES, GRADES_RELATED = "oneroster.gradebook.read", "oneroster.gradebook.related"
GRADES_PUT, GRADES_POST = "oneroster.gradebook.put", "oneroster.gradebook.post"
GRADES_DELETE = "oneroster.gradebook.delete"
ASSESSMENTS, ASSESSMENTS_PUT = "oneroster.assessment.read", "oneroster.assessment.put"
ASSESSMENTS_DELETE = "oneroster.assessment.delete"

PERMISSIONS = [
    Permission(
        CORE,
        _("Hand out classes and people by OneRoster"),
        scopes=_scopes("roster-core.readonly", "roster.readonly"),
    ),
    Permission(
        RELATED,
        _("Hand out who belongs to a class or to the school by OneRoster"),
        scopes=_scopes("roster.readonly"),
    ),
    Permission(
        DEMOGRAPHICS,
        _("Hand out dates of birth and sex by OneRoster"),
        scopes=_scopes("roster-demographics.readonly"),
    ),
    Permission(
        GRADES,
        _("Hand out published marks by OneRoster"),
        scopes=_scopes("gradebook.readonly", "gradebook-core.readonly"),
    ),
    Permission(
        GRADES_RELATED,
        _("Hand out published marks of a class or of a pupil by OneRoster"),
        scopes=_scopes("gradebook.readonly"),
    ),
    Permission(GRADES_PUT, _("Let a program keep its own marks by OneRoster"), scopes=_scopes("gradebook.createput")),
    Permission(
        GRADES_POST,
        _("Let a program add its own marks by OneRoster"),
        scopes=_scopes("gradebook.createpost", former=False),
    ),
    Permission(GRADES_DELETE, _("Let a program delete its own marks by OneRoster"), scopes=_scopes("gradebook.delete")),
    Permission(
        ASSESSMENTS, _("Hand out results of tests by OneRoster"), scopes=_scopes("assessment.readonly", former=False)
    ),
    Permission(
        ASSESSMENTS_PUT,
        _("Let a program keep its own results of tests by OneRoster"),
        scopes=_scopes("assessment.createput", former=False),
    ),
    Permission(
        ASSESSMENTS_DELETE,
        _("Let a program delete its own results of tests by OneRoster"),
        scopes=_scopes("assessment.delete", former=False),
    ),
    Permission("oneroster.package.export", _("Take out the OneRoster package")),
    Permission("oneroster.package.import", _("Bring in a OneRoster package")),
]
_SERVICES = frozenset(permission.name for permission in PERMISSIONS if permission.scopes)
_FILES = frozenset({"oneroster.package.export", "oneroster.package.import"})
ROLES = [RoleGrant("head", _FILES | _SERVICES), RoleGrant("office", _FILES)]
"""Who may let a program in must hold what it gets; people themselves have pages and need no OneRoster."""


def scopes_of(permission: str, *, former: bool = False) -> list[str]:
    """The scopes that open a right, as an edition of the standard names them."""
    prefix = _FORMER if former else _SCOPE
    found = (scope for known in PERMISSIONS if known.name == permission for scope in known.scopes)
    return [scope for scope in found if scope.startswith(prefix)]
