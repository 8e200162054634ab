"""The roles of the core. What each may do comes from the core and from every module (`provide_roles`)."""

from __future__ import annotations

from types import MappingProxyType

from core.types.message import _

OPERATOR = "operator"
HEAD = "head"
OFFICE = "office"
ACCOUNTANT = "accountant"
TEACHER = "teacher"
DATA_PROTECTION = "data_protection"
"""Who watches over personal data at the school (Law 91/2025/QH15); sees who read what, not the data."""
PARENT = "parent"
PUPIL = "pupil"
OVERSEER = "overseer"
"""Held at an organisation (`core.access.oversight`), never at a school."""

ROLES = MappingProxyType(
    {
        OPERATOR: _("System operator"),
        OVERSEER: _("Overseer of schools"),
        HEAD: _("Head of the school"),
        OFFICE: _("School office"),
        ACCOUNTANT: _("Accountant"),
        DATA_PROTECTION: _("Data protection officer"),
        TEACHER: _("Teacher"),
        PARENT: _("Parent"),
        PUPIL: _("Pupil"),
    }
)
"""Name and label, the one with the widest reach first."""

MAY_GIVE = MappingProxyType(
    {
        OPERATOR: frozenset(ROLES),
        HEAD: frozenset({HEAD, OFFICE, ACCOUNTANT, DATA_PROTECTION, TEACHER, PARENT, PUPIL}),
        OFFICE: frozenset({PARENT, PUPIL}),
    }
)
"""Which roles the holder of a role may give and take, and whose accounts they may manage: never beyond their own."""
