"""Lists of codes that an act or a standard gives: provinces, ethnic groups, kinds of policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from core.types.message import Message


@dataclass(frozen=True, slots=True)
class Code:
    """One entry. A code that has ended stays in the list: old records are read with it."""

    code: str
    label: str | Message
    """A proper name as it is, other words as a message."""
    until: date | None = None
    """The last day on which it may be given to somebody."""
    replaced_by: str = ""


@dataclass(frozen=True)
class CodeListVersion:
    """The list as one act gave it."""

    version: str
    effective_from: date
    source: Message
    """The act."""
    codes: tuple[Code, ...]

    @cached_property
    def by_code(self) -> dict[str, Code]:
        return {code.code: code for code in self.codes}


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list with all its versions; old school years keep the version of their time."""

    name: str
    """`<plugin>.<list>`."""
    label: Message
    versions: tuple[CodeListVersion, ...]

    def at(self, day: date) -> CodeListVersion:
        """The version in force on a day; the first one for days before it."""
        begun = [version for version in self.versions if version.effective_from <= day]
        return max(begun or self.versions[:1], key=lambda version: version.effective_from)
