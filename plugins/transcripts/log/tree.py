"""Merkle trees of RFC 9162, 2.1: roots, proofs of inclusion and of consistency, made and verified.

The hashes of complete subtrees are read by runs from a store that keeps every eighth level (the tiles of C2SP
tlog-tiles): a proof over a hundred thousand entries reads a few hundred hashes, not all, and neighbours share them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

SPAN = 8
"""Levels between two that are kept."""
WIDTH = 1 << SPAN
EMPTY = sha256().digest()
TILES = 64
"""Tiles that are remembered (16 KB each with their inner hashes)."""


class Hashes(Protocol):
    def run(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Hashes of complete subtrees of 256**level leaves, beginning with number `start`."""
        ...


class Tree:
    """The first `size` entries of a log."""

    def __init__(self, size: int, hashes: Hashes) -> None:
        self.size, self._hashes = size, hashes
        self._tiles: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()

    def root(self) -> bytes:
        """The root over all of them."""
        return self._over(0, self.size) if self.size else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that entry `index` is among them (2.1.3.1), from the leaf upwards.

        Raises:
            ValueError: it is not.
        """
        if not 0 <= index < self.size:
            raise ValueError(f"no entry {index} among {self.size}")
        path: list[bytes] = []
        low, high = 0, self.size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, first: int) -> list[bytes]:
        """The proof that the tree of the first `first` entries is the beginning of this one (2.1.4.1).

        Raises:
            ValueError: `first` is larger or nothing.
        """
        if not 0 < first <= self.size:
            raise ValueError(f"no proof from {first} to {self.size}")
        path: list[bytes] = []
        low, high, whole = 0, self.size, True
        while high != first:
            middle = low + _split(high - low)
            if first <= middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low, whole = middle, False
        return ([] if whole else [self._over(low, high)]) + path[::-1]

    def _over(self, low: int, high: int) -> bytes:
        """The hash over the entries from `low` to before `high`; `low` is where a subtree of that size begins."""
        count = high - low
        if count & (count - 1):
            middle = low + _split(count)
            return node_hash(self._over(low, middle), self._over(middle, high))
        level, height = divmod(count.bit_length() - 1, SPAN)
        tile, place = divmod(low >> level * SPAN, WIDTH)
        return self._tile(level, tile)[height][place >> height]

    def _tile(self, level: int, number: int) -> list[list[bytes]]:
        """The hashes of a tile and those of the seven levels above them, as far as they are complete."""
        if (level, number) in self._tiles:
            self._tiles.move_to_end((level, number))
            return self._tiles[level, number]
        start = number * WIDTH
        rows = [list(self._hashes.run(level, start, min(WIDTH, (self.size >> level * SPAN) - start)))]
        while len(rows) < SPAN:
            rows.append(_paired(rows[-1]))
        self._tiles[level, number] = rows
        if len(self._tiles) > TILES:
            self._tiles.popitem(last=False)
        return rows


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry at its place in the tree."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of subtrees."""
    row = hashes
    while len(row) > 1:
        row = _paired(row)
    return row[0]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], wanted: bytes) -> bool:
    """Whether the proof leads from a leaf's hash at `index` to the root of `size` entries (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == wanted


def is_consistent(first: int, second: int, before: bytes, after: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the root `before` of `first` entries grew into `after` of `second` (2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and before == after
    path = list(proof) if first & (first - 1) else [before, *proof]
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, one)
        place, last = place >> 1, last >> 1
    return last == 0 and old == before and new == after


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _paired(row: Sequence[bytes]) -> list[bytes]:
    return [sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row) - 1, 2)]
