"""The contract of file stores: subclass it in the test module of a store, give the fixture, done.

class TestContract(FileStoreContract):
    @pytest.fixture
    def store(self) -> FileStore: ...    # an empty one
"""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

import hashlib
import threading
from io import BytesIO, RawIOBase

import pytest

from core.sdk.files import CHUNK, FileStore, TooLargeError

__all__ = ["FileStoreContract"]

_EMPTY = hashlib.sha256(b"").hexdigest()
_LIMIT = 64 * 1024 * 1024


class _Stream(RawIOBase):
    """Bytes that are made while they are read; notes the largest piece that was asked for, and may break."""

    def __init__(self, size: int, breaks_at: int | None = None) -> None:
        self.left, self.most, self._breaks_at, self._read = size, 0, breaks_at, 0

    def read(self, size: int = -1, /) -> bytes:
        self.most = max(self.most, size if size >= 0 else self.left)
        if self._breaks_at is not None and self._read >= self._breaks_at:
            raise OSError("the line went dead")
        piece = b"\xa5" * (self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        self._read += len(piece)
        return piece


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class FileStoreContract:
    """What the core relies on. Each test name says which promise it checks."""

    @pytest.fixture
    def store(self) -> FileStore:
        raise NotImplementedError("give an empty store")

    def test_speaks_the_port(self, store: FileStore) -> None:
        assert isinstance(store, FileStore)

    @pytest.mark.parametrize("content", [b"", b"x", "Học bạ".encode(), bytes(range(256)) * 40], ids=len)
    def test_what_was_put_comes_back(self, store: FileStore, content: bytes) -> None:
        kept = store.put(BytesIO(content), limit=_LIMIT)
        assert (kept.sha256, kept.size) == (_digest(content), len(content))
        with store.open(kept.sha256) as stream:
            assert stream.read() == content
        assert store.size(kept.sha256) == len(content)

    def test_a_large_content_is_never_held_whole(self, store: FileStore) -> None:
        source = _Stream(5 * CHUNK + 3)
        kept = store.put(source, limit=_LIMIT)  # type: ignore[arg-type]  # a reader is all that is needed
        assert source.most <= 2 * CHUNK, "more than two chunks were asked for at once"
        found = hashlib.sha256()
        with store.open(kept.sha256) as stream:
            while piece := stream.read(CHUNK):
                assert len(piece) <= CHUNK
                found.update(piece)
        assert found.hexdigest() == kept.sha256 == _digest(b"\xa5" * (5 * CHUNK + 3))

    def test_what_is_not_there(self, store: FileStore) -> None:
        assert store.size(_EMPTY) is None
        with pytest.raises(FileNotFoundError):
            store.open(_EMPTY).read()
        store.remove(_EMPTY)

    def test_removed_is_gone_and_can_come_back(self, store: FileStore) -> None:
        kept = store.put(BytesIO(b"paper"), limit=_LIMIT)
        store.remove(kept.sha256)
        assert store.size(kept.sha256) is None
        with pytest.raises(FileNotFoundError):
            store.open(kept.sha256).read()
        store.remove(kept.sha256)
        assert store.put(BytesIO(b"paper"), limit=_LIMIT) == kept
        assert store.size(kept.sha256) == 5

    def test_the_same_content_is_the_same(self, store: FileStore) -> None:
        first = store.put(BytesIO(b"one"), limit=_LIMIT)
        assert store.put(BytesIO(b"one"), limit=_LIMIT) == first
        other = store.put(BytesIO(b"two"), limit=_LIMIT)
        assert other.sha256 != first.sha256
        for content, kept in ((b"one", first), (b"two", other)):
            with store.open(kept.sha256) as stream:
                assert stream.read() == content

    def test_too_much_leaves_nothing(self, store: FileStore) -> None:
        assert store.put(BytesIO(b"x" * 10), limit=10).size == 10
        content = b"y" * 11
        with pytest.raises(TooLargeError):
            store.put(BytesIO(content), limit=10)
        assert store.size(_digest(content)) is None
        assert store.size(_digest(content[:10])) is None

    def test_a_broken_stream_leaves_nothing(self, store: FileStore) -> None:
        half = b"\xa5" * (2 * CHUNK)
        with pytest.raises(OSError, match="dead"):
            store.put(_Stream(4 * CHUNK, breaks_at=2 * CHUNK), limit=_LIMIT)  # type: ignore[arg-type]
        assert store.size(_digest(half)) is None
        assert store.size(_digest(half * 2)) is None

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "/" * 64])
    def test_only_digests_are_names(self, store: FileStore, name: str) -> None:
        for ask in (store.open, store.size, store.remove):
            with pytest.raises(ValueError, match=r"."):
                ask(name)

    def test_many_at_once(self, store: FileStore) -> None:
        """Two people bring the same paper while others bring theirs."""
        contents = [b"same"] * 4 + [bytes([n]) * 70_000 for n in range(4)]
        failures: list[BaseException] = []

        def put(content: bytes) -> None:
            try:
                assert store.put(BytesIO(content), limit=_LIMIT).sha256 == _digest(content)
            except BaseException as error:  # handed to the test's own thread
                failures.append(error)

        threads = [threading.Thread(target=put, args=(content,)) for content in contents]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        for content in contents:
            with store.open(_digest(content)) as stream:
                assert stream.read() == content
