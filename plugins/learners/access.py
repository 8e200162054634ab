"""Rights of the learners module and the roles that have them by default."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _

PERMISSIONS = [
    Permission("learners.learner.read", _("See the pupils of the school")),
    Permission("learners.learner.read.own", _("See the records of one's own children")),
    Permission("learners.learner.read.emergency", _("See a record that was opened in an emergency")),
    Permission("learners.learner.edit", _("Enter and change pupils")),
    Permission("learners.class.edit", _("Open and rename classes")),
    Permission("learners.movement.edit", _("Enter who comes, leaves and changes the class")),
    Permission("learners.year.roll", _("Roll the school year over, split and join classes")),
    Permission("learners.record.merge", _("Make double records one")),
    Permission("learners.import.run", _("Import lists of pupils and undo imports")),
    Permission("learners.learner.export", _("Export lists of pupils")),
]

_ALL = frozenset(
    {
        "learners.learner.read",
        "learners.learner.edit",
        "learners.class.edit",
        "learners.movement.edit",
        "learners.year.roll",
        "learners.record.merge",
        "learners.import.run",
        "learners.learner.export",
    }
)
ROLES = [
    RoleGrant("office", _ALL),
    RoleGrant("head", _ALL),
    RoleGrant("accountant", frozenset({"learners.learner.read"})),
    RoleGrant("teacher", frozenset({"learners.learner.read.emergency"})),
    RoleGrant("parent", frozenset({"learners.learner.read.own"})),
]
