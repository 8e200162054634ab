"""Rights of attendance: by what one teaches, by one's homeroom class, by one's own child."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _
from plugins.curriculum.public import HOMEROOM, TAUGHT

READ = "attendance.register.read"
EDIT = "attendance.register.edit"
CORRECT = "attendance.register.correct"
PUPIL = "attendance.absence.read"
REPORT = "attendance.absence.report"
DECIDE = "attendance.request.decide"
TYPE = "attendance.total.edit"

PERMISSIONS = [
    Permission(READ, _("See the registers of all classes")),
    Permission(f"{READ}.{TAUGHT}", _("See the registers of the classes one teaches")),
    Permission(EDIT, _("Take the register of every class")),
    Permission(f"{EDIT}.{TAUGHT}", _("Take the register of the classes one teaches")),
    Permission(CORRECT, _("Change registers after their time")),
    Permission(PUPIL, _("See the absences of every pupil")),
    Permission(f"{PUPIL}.{TAUGHT}", _("See the absences of pupils one teaches")),
    Permission(f"{PUPIL}.own", _("See the absences of one's own children")),
    Permission(REPORT, _("Report absences of every pupil")),
    Permission(f"{REPORT}.own", _("Report absences of one's own children")),
    Permission(DECIDE, _("Decide on every request for leave")),
    Permission(f"{DECIDE}.{HOMEROOM}", _("Decide on requests for leave of one's homeroom class")),
    Permission(TYPE, _("Type totals of absences of every class")),
    Permission(f"{TYPE}.{HOMEROOM}", _("Type totals of absences of one's homeroom class")),
]
ROLES = [
    RoleGrant("head", frozenset({READ, EDIT, CORRECT, PUPIL, REPORT, DECIDE, TYPE})),
    RoleGrant("office", frozenset({READ, EDIT, CORRECT, PUPIL, REPORT, DECIDE, TYPE})),
    RoleGrant(
        "teacher",
        frozenset(
            {
                f"{READ}.{TAUGHT}",
                f"{EDIT}.{TAUGHT}",
                f"{PUPIL}.{TAUGHT}",
                f"{DECIDE}.{HOMEROOM}",
                f"{TYPE}.{HOMEROOM}",
            }
        ),
    ),
    RoleGrant("parent", frozenset({f"{PUPIL}.own", f"{REPORT}.own"})),
]
