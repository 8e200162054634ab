"""Who sees which timetable, and who changes it."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _
from plugins.curriculum.public import TAUGHT

READ, EDIT, SUBSTITUTE = "timetable.read", "timetable.edit", "timetable.substitute"

PERMISSIONS = [
    Permission(READ, _("See all timetables")),
    Permission(f"{READ}.{TAUGHT}", _("See one's own week and the timetables of the classes one teaches")),
    Permission(f"{READ}.own", _("See the timetable of one's child's class")),
    Permission(EDIT, _("Make timetables and put them into force")),
    Permission(SUBSTITUTE, _("Arrange substitutions")),
]
_ALL = frozenset({READ, EDIT, SUBSTITUTE})
ROLES = [
    RoleGrant("head", _ALL),
    RoleGrant("office", _ALL),
    RoleGrant("teacher", frozenset({f"{READ}.{TAUGHT}"})),
    RoleGrant("parent", frozenset({f"{READ}.own"})),
    RoleGrant("pupil", frozenset({f"{READ}.own"})),
]
