"""The log as files: a copy checks itself, and a rewritten one is found out by whoever knew it before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from plugins.transcripts.log.growing import Kept
from plugins.transcripts.log.note import Checkpoint, sign
from plugins.transcripts.log.tiles import CHECKPOINT, Folder, TilesRefused, check, tile_path, tiles
from plugins.transcripts.log.tree import Tree, is_included, leaf_hash
from tests.plugins.transcripts.log.world import KEY, NAME, VERIFIER

SIZE = 700
LEAVES = [leaf_hash(b"%d" % number) for number in range(SIZE)]


def exported(folder: Path, leaves: Sequence[bytes], *, since: int = 0) -> Checkpoint:
    kept = Kept()
    kept.extend(leaves)
    for name, content in tiles(len(leaves), kept, since=since):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    said = Checkpoint(NAME, len(leaves), Tree(len(leaves), kept).root())
    (folder / CHECKPOINT).write_bytes(sign(said.text, NAME, KEY))
    return said


def test_names_of_tiles() -> None:
    assert tile_path(0, 0) == "tile/0/000" and tile_path(1, 7, 3) == "tile/1/007.p/3"
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"


def test_a_copy_checks_itself_and_grows(tmp_path: Path) -> None:
    first = exported(tmp_path, LEAVES[:300])
    assert check(tmp_path, VERIFIER) == first
    second = exported(tmp_path, LEAVES, since=300)
    assert check(tmp_path, VERIFIER, known=first) == second
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert names >= {"checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"}
    tree = Tree(SIZE, Folder(tmp_path, SIZE))
    assert is_included(LEAVES[650], 650, SIZE, tree.inclusion(650), second.root)


def test_what_is_no_copy(tmp_path: Path) -> None:
    known = exported(tmp_path, LEAVES)
    tile = tmp_path / "tile/1/000.p/2"
    genuine = tile.read_bytes()
    tile.write_bytes(bytes(64))
    with pytest.raises(TilesRefused, match="level 1"):
        check(tmp_path, VERIFIER)
    tile.write_bytes(genuine[:-1])
    with pytest.raises(TilesRefused, match="another length"):
        check(tmp_path, VERIFIER)
    tile.unlink()
    with pytest.raises(TilesRefused, match="missing"):
        check(tmp_path, VERIFIER)
    exported(tmp_path, [leaf_hash(b"rewritten"), *LEAVES[1:], leaf_hash(b"one more")])
    assert check(tmp_path, VERIFIER).size == SIZE + 1, "by itself it is in order"
    with pytest.raises(TilesRefused, match="rewritten"):
        check(tmp_path, VERIFIER, known=known)
    (tmp_path / CHECKPOINT).write_bytes(b"nothing\n")
    with pytest.raises(TilesRefused, match="not a note"):
        check(tmp_path, VERIFIER)
