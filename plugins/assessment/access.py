"""Rights: the office and the head by themselves, teachers by what they teach or lead, families by their child."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _
from plugins.curriculum.public import HOMEROOM, TAUGHT

READ, EDIT = "assessment.mark.read", "assessment.mark.edit"
APPROVE, PUBLISH, WINDOWS = "assessment.book.approve", "assessment.book.publish", "assessment.window.edit"
RULES = "assessment.rules.edit"
NAMED = "assessment.book.approve_named"
"""Deputies and heads of subject groups: only those whom the head has named (`services.approving`)."""
PERMISSIONS = [
    Permission(READ, _("See the marks of all classes")),
    Permission(f"{READ}.{TAUGHT}", _("See the marks of the subjects one teaches")),
    Permission(f"{READ}.{HOMEROOM}", _("See all marks of one's homeroom class")),
    Permission(f"{READ}.own", _("See the published marks of one's own children")),
    Permission(EDIT, _("Enter, import and lock the marks of all classes")),
    Permission(f"{EDIT}.{TAUGHT}", _("Enter, import and lock the marks of the subjects one teaches")),
    Permission(f"{EDIT}.{HOMEROOM}", _("Enter training levels, qualities and comments of one's homeroom class")),
    Permission(APPROVE, _("Approve locked marks, decide whether they are opened again")),
    Permission(NAMED, _("The same for the subjects for which the head has named one")),
    Permission(PUBLISH, _("Show marks to families")),
    Permission(WINDOWS, _("Set from when to when marks are entered")),
    Permission(RULES, _("Set by which rules results are made")),
]
ROLES = [
    RoleGrant("head", frozenset({READ, EDIT, APPROVE, PUBLISH, WINDOWS, RULES})),
    RoleGrant("office", frozenset({READ, EDIT, PUBLISH, NAMED})),
    RoleGrant(
        "teacher",
        frozenset({f"{READ}.{TAUGHT}", f"{READ}.{HOMEROOM}", f"{EDIT}.{TAUGHT}", f"{EDIT}.{HOMEROOM}", NAMED}),
    ),
    RoleGrant("parent", frozenset({f"{READ}.own"})),
    RoleGrant("pupil", frozenset({f"{READ}.own"})),
]
