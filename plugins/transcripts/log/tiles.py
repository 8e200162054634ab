"""The log as static files (C2SP tlog-tiles): whoever copies them can check every proof and that nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .growing import Kept
from .note import Checkpoint, NoteRefused, Verifier, checkpoint
from .tree import SPAN, WIDTH, Hashes, Tree

HASH_BYTES = 32
CHECKPOINT = "checkpoint"


class TilesRefused(ValueError):
    """The files are not the log that their checkpoint speaks of."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where a tile lies: `tile/0/x001/x234/067`, a partial one with `.p/17` behind it."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03d}")
    name = f"tile/{level}/{'/'.join(reversed(groups))}"
    return name if width == WIDTH else f"{name}.p/{width}"


def tiles(size: int, hashes: Hashes, *, since: int = 0) -> Iterator[tuple[str, bytes]]:
    """Path and content of every tile of a log of `size`; only those that a log of `since` did not have in full."""
    level = 0
    while (rows := size >> level * SPAN) > 0:
        for number in range((since >> level * SPAN) // WIDTH, (rows + WIDTH - 1) // WIDTH):
            width = min(WIDTH, rows - number * WIDTH)
            yield tile_path(level, number, width), b"".join(hashes.run(level, number * WIDTH, width))
        level += 1


class Folder:
    """The hashes of a log from its files, believed only as far as they lead to its root."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self._size = folder, size

    def run(self, level: int, start: int, count: int) -> Sequence[bytes]:
        """Hashes of a level; see `Hashes.run`.

        Raises:
            TilesRefused: a file is missing or of another length.
        """
        found: list[bytes] = []
        while len(found) < count:
            number, place = divmod(start + len(found), WIDTH)
            row = self._tile(level, number)
            found += row[place : place + count - len(found)]
        return found

    def _tile(self, level: int, number: int) -> list[bytes]:
        width = min(WIDTH, (self._size >> level * SPAN) - number * WIDTH)
        path = self._folder / tile_path(level, number, width)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise TilesRefused(f"{path.relative_to(self._folder)} is missing") from error
        if width <= 0 or len(content) != width * HASH_BYTES:
            raise TilesRefused(f"{path.relative_to(self._folder)} has another length")
        return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def check(folder: Path, verifier: Verifier, *, known: Checkpoint | None = None) -> Checkpoint:
    """Check a copy of a log: its signature, every hash up to the root, and that it continues what was `known`.

    Raises:
        TilesRefused.
    """
    try:
        said = checkpoint((folder / CHECKPOINT).read_bytes(), verifier)
    except (OSError, NoteRefused) as error:
        raise TilesRefused(str(error)) from error
    found = Folder(folder, said.size)
    leaves = found.run(0, 0, said.size)
    if _root(leaves, said, found) != said.root:
        raise TilesRefused("the hashes do not lead to the root that was signed")
    if known is not None and (known.size > said.size or _root(leaves[: known.size], known, found) != known.root):
        raise TilesRefused("the log was rewritten")
    return said


def _root(leaves: Sequence[bytes], at: Checkpoint, found: Folder) -> bytes:
    """The root from the leaves alone, while the tiles above them are compared with what they lead to."""
    kept = Kept()
    kept.extend(leaves)
    for level, row in enumerate(kept.levels[1:], 1):
        if list(found.run(level, 0, len(row))) != row:
            raise TilesRefused(f"level {level} does not follow from the leaves")
    return Tree(at.size, kept).root()
