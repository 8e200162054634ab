"""Levels, single findings, and the report that they make."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

Result = Literal["ok", "failed", "not run"]


class Level(enum.IntEnum):
    """Each level includes the ones below it."""

    NONE = 0
    BRONZE = 1
    """Installs, says the truth of itself, keeps to its own ground."""
    SILVER = 2
    """Tested, translated, guarded, documented: a school may use it."""
    GOLD = 3
    """Typed, accessible, erasable, rehearsed: a province may use it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    level: Level
    result: Result
    detail: str = ""
    """What was seen; for one that failed, all places."""
    mend: str = ""
    """What to do about it; empty where nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one package."""

    name: str
    version: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The highest level of which, and below which, every check is ok."""
        reached = Level.NONE
        for level in (Level.BRONZE, Level.SILVER, Level.GOLD):
            if any(f.level is level and f.result != "ok" for f in self.findings):
                break
            reached = level
        return reached


def verdict(check: str, level: Level, faults: list[str] | tuple[str, ...], mend: str, good: str = "") -> Finding:
    """A finding that failed when there are faults; the first twelve are told."""
    if not faults:
        return Finding(check, level, "ok", good)
    more = f" and {len(faults) - 12} more" if len(faults) > 12 else ""
    return Finding(check, level, "failed", "; ".join(faults[:12]) + more, mend)
