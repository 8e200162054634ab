"""Places where signatures stand, and the roles that fill them."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")


class Role(enum.StrEnum):
    """Who signs, by the names that stand in the signatures (ClaimedRole)."""

    SUBJECT = "GVBM"
    """Teacher of one subject."""
    HOMEROOM = "GVCN"
    PRINCIPAL = "CBQL"
    """Principal or vice-principal."""
    SEAL = "KY_PHAT_HANH"
    """The school's organisation certificate, in place of the red stamp."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for exactly one signature."""

    role: Role
    subject: str = ""
    """Code of the subject; only for `Role.SUBJECT`."""

    def __post_init__(self) -> None:
        if (self.role is Role.SUBJECT) != bool(self.subject) or (self.subject and not is_subject_code(self.subject)):
            raise ValueError(f"no slot: {self.role} {self.subject!r}")

    @property
    def name(self) -> str:
        """Stable and unique in a file: `gvbm-TOAN`, `gvcn`, `cbql`, `ky-phat-hanh`."""
        head = self.role.value.lower().replace("_", "-")
        return f"{head}-{self.subject}" if self.subject else head


def is_subject_code(text: str) -> bool:
    """Whether a subject's code can be part of an XML Id: ASCII letters, digits, `_`, `-`, at most 20."""
    return _SUBJECT.fullmatch(text) is not None


def named(name: str) -> Slot:
    """The slot of a name.

    Raises:
        ValueError: nobody's name.
    """
    head, _dash, subject = name.partition("-")
    if head == "gvbm":
        return Slot(Role.SUBJECT, subject)
    for role in (Role.HOMEROOM, Role.PRINCIPAL, Role.SEAL):
        if (slot := Slot(role)).name == name:
            return slot
    raise ValueError(f"no slot is called {name!r}")
