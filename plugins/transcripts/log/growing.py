"""The hashes that are kept of a growing tree: leaves, and every eighth level above them as far as it is complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .tree import SPAN, WIDTH, Hashes, folded


@dataclass
class Kept:
    """A tree in memory, by levels."""

    levels: list[list[bytes]] = field(default_factory=lambda: [[]])

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def run(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Hashes of a level; see `Hashes.run`."""
        return self.levels[level][start : start + count]

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Take over leaves, and what becomes complete by them."""
        first = self.size
        self.levels[0] += leaves
        for level, start, hashes in completed(first, leaves, self):
            if level == len(self.levels):
                self.levels.append([])
            if start != len(self.levels[level]):
                raise ValueError("the tree has a gap")
            self.levels[level] += hashes


def completed(first: int, leaves: Sequence[bytes], hashes: Hashes) -> Iterator[tuple[int, int, list[bytes]]]:
    """The hashes of upper levels that become complete when `leaves` come behind `first` others.

    Yields:
        Level, number of its first hash, hashes. Of the leaves before `first` only the open tail of each level is read.
    """
    level, start, row = 0, first, list(leaves)
    while True:
        tail = start % WIDTH
        row = [*hashes.run(level, start - tail, tail), *row] if tail else row
        above = (start - tail) >> SPAN
        ready = [folded(row[at : at + WIDTH]) for at in range(0, len(row) - WIDTH + 1, WIDTH)]
        if not ready:
            return
        level, start, row = level + 1, above, ready
        yield level, start, ready
