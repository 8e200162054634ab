"""The contract suite of file stores: the local folder runs it, and so does a store in memory with planted faults."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from core.files.stores import LocalStore
from core.sdk.files import CHUNK, Content, FileStore, TooLargeError
from core.sdk.testing.file_store import FileStoreContract


class MemoryStore:
    """The smallest honest store."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        content = b""
        while piece := stream.read(CHUNK):
            content += piece
            if len(content) > limit:
                raise TooLargeError
        name = hashlib.sha256(content).hexdigest()
        self.kept[name] = content
        return Content(name, len(content))

    def open(self, sha256: str) -> BinaryIO:
        try:
            return BytesIO(self.kept[_digest(sha256)])
        except KeyError:
            raise FileNotFoundError(sha256) from None

    def size(self, sha256: str) -> int | None:
        return len(self.kept[sha256]) if _digest(sha256) in self.kept else None

    def remove(self, sha256: str) -> None:
        self.kept.pop(_digest(sha256), None)


def _digest(name: str) -> str:
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 digest")
    return name


class TestLocalFolder(FileStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> FileStore:
        return LocalStore(tmp_path / "files")


class TestMemory(FileStoreContract):
    @pytest.fixture
    def store(self) -> FileStore:
        return MemoryStore()


class KeepsTheStart(MemoryStore):
    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        content = stream.read(limit + 1)
        super().put(BytesIO(content[:limit]), limit=limit)
        return super().put(BytesIO(content), limit=limit)


class ReadsAllAtOnce(MemoryStore):
    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        return super().put(BytesIO(stream.read()), limit=limit)


class KeepsHalves(MemoryStore):
    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        content = b""
        while piece := stream.read(CHUNK):
            content += piece
            super().put(BytesIO(content), limit=limit)
        return super().put(BytesIO(content), limit=limit)


class MixesUp(MemoryStore):
    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        content = super().put(stream, limit=limit)
        self.kept = dict.fromkeys(self.kept, self.kept[content.sha256])
        return content


class TakesAnyName(MemoryStore):
    def size(self, sha256: str) -> int | None:
        return len(self.kept[sha256]) if sha256 in self.kept else None


class NeverForgets(MemoryStore):
    def remove(self, sha256: str) -> None:
        _digest(sha256)


Suite = FileStoreContract
Check = Callable[[FileStoreContract, FileStore], None]
MUTANTS: list[tuple[type[MemoryStore], Check]] = [
    (KeepsTheStart, Suite.test_too_much_leaves_nothing),
    (ReadsAllAtOnce, Suite.test_a_large_content_is_never_held_whole),
    (KeepsHalves, Suite.test_a_broken_stream_leaves_nothing),
    (MixesUp, Suite.test_the_same_content_is_the_same),
    (TakesAnyName, lambda suite, store: suite.test_only_digests_are_names(store, "../../etc/passwd")),
    (NeverForgets, Suite.test_removed_is_gone_and_can_come_back),
]


@pytest.mark.parametrize(("mutant", "check"), MUTANTS, ids=[m.__name__ for m, _c in MUTANTS])
def test_mutant_is_caught(mutant: type[MemoryStore], check: Check) -> None:
    check(Suite(), MemoryStore())
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(Suite(), mutant())
