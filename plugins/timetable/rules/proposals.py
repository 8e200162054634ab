"""Who can stand in for a lesson: free, rather of the subject or of the class, and with the least load."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is free then. `load` counts the lessons of the day, `substituted` those of the month."""

    teacher: UUID
    subject: bool
    of_class: bool
    load: int
    substituted: int


def rank(
    teachers: Iterable[UUID], *, busy: Collection[UUID], of_subject: Collection[UUID], of_class: Collection[UUID],
    load: Mapping[UUID, int], substituted: Mapping[UUID, int],
) -> list[Candidate]:  # fmt: skip
    """Everybody who is free, the best first: who teaches the subject, then who knows the class, then who does least."""
    free = [
        Candidate(t, t in of_subject, t in of_class, load.get(t, 0), substituted.get(t, 0))
        for t in teachers
        if t not in busy
    ]
    return sorted(free, key=lambda c: (not c.subject, not c.of_class, c.substituted, c.load, str(c.teacher)))
