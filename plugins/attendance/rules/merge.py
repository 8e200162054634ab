"""Two people in one register: what each changed is kept, what both changed differently is shown.

A register travels whole, with the version that it was based on. Three values of a pupil count: what the sender saw
(base), what the sender says (mine), and what holds now (theirs).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


class Value(NamedTuple):
    """What is said of a pupil: a kind of mark or `present`, and minutes where they are known."""

    kind: str
    minutes: int = 0


PRESENT = Value("present")


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people said different things about a pupil without knowing of each other."""

    learner_id: UUID
    mine: Value
    theirs: Value
    kept: Value
    """What holds now: the later one by the order of the server, but never a mere `present` over a mark."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What to write, and what to show."""

    changes: dict[UUID, Value]
    clashes: list[Clash]


def merge(
    learners: Iterable[UUID],
    base: Mapping[UUID, Value] | None,
    mine: Mapping[UUID, Value],
    theirs: Mapping[UUID, Value],
) -> Merged:
    """Join what was sent with what holds.

    Args:
        learners: pupils of the class on that day.
        base: what the sender saw; None when they saw no register and there is one now: then both declared everybody.
        mine, theirs: marks; who has none is present.
    """
    changes: dict[UUID, Value] = {}
    clashes: list[Clash] = []
    for learner in learners:
        said, held = mine.get(learner, PRESENT), theirs.get(learner, PRESENT)
        if said == held:
            continue
        if base is not None:
            seen = base.get(learner, PRESENT)
            if said == seen:
                continue  # only they changed it
            if held == seen:
                changes[learner] = said  # only I changed it
                continue
            kept = said
        else:
            kept = held if said == PRESENT else said
        if kept != held:
            changes[learner] = kept
        clashes.append(Clash(learner, said, held, kept))
    return Merged(changes, clashes)
