"""Where the bytes lie: a port, and the local folder behind it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from core.types.fields import Config, Field
from core.types.message import Message

CHUNK = 1 << 20
"""Bytes held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Content:
    """What was stored."""

    sha256: str
    size: int


class TooLargeError(Exception):
    """The stream holds more than was allowed; nothing is kept of it."""


@runtime_checkable
class FileStore(Protocol):
    """Keeps contents under their SHA-256. Plugins may bring others than the local folder (`FileStoreKind`)."""

    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        """Keep a content and make sure that it survives a loss of power; once, however often it comes.

        Raises:
            TooLargeError: when the stream holds more than `limit` bytes.
        """
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading. Raises `FileNotFoundError` when it is not there."""
        ...

    def size(self, sha256: str) -> int | None:
        """Bytes of a content; None when it is not there."""
        ...

    def remove(self, sha256: str) -> None:
        """Forget a content; one that is not there is no error."""
        ...


@dataclass(frozen=True, slots=True)
class FileStoreKind:
    """A place for documents that a plugin brings, chosen for the installation by `file_store` in its configuration."""

    name: str
    label: Message
    fields: tuple[Field, ...]
    """Read from the environment as `TRUONG_<NAME>_<FIELD>`: a store is needed before the database can be asked."""
    open: Callable[[Config], FileStore]
    """The store for a configuration; raises ValueError, naming the field, for an unusable one."""
    outbound_hosts: tuple[str, ...] = ()


class LocalStore:
    """A folder, as `ab/cd/abcd…`. Files are named by digest: nothing that people type comes near a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO, *, limit: int) -> Content:
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                content = _copy(stream, target, limit)
                target.flush()
                os.fsync(target.fileno())
            self._keep(temporary, content.sha256)
        finally:
            temporary.unlink(missing_ok=True)
        return content

    def open(self, sha256: str) -> BinaryIO:
        return self._path(sha256).open("rb")

    def size(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def _keep(self, temporary: Path, sha256: str) -> None:
        """Give a complete, synced file its name, and sync the folders that learn of it."""
        path = self._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.chmod(0o400)
        if not path.exists():  # two at once: the second replaces the same bytes
            temporary.replace(path)
        for folder in (path.parent, path.parent.parent, self._folder):
            _sync_folder(folder)

    def _path(self, sha256: str) -> Path:
        if not is_digest(sha256):
            raise ValueError("not a SHA-256 digest")
        return self._folder / sha256[:2] / sha256[2:4] / sha256


def is_digest(text: str) -> bool:
    """Whether it is a SHA-256 in lower-case hexadecimal."""
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _copy(stream: BinaryIO, target: BinaryIO, limit: int) -> Content:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        digest.update(chunk)
        target.write(chunk)
    return Content(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    with suppress(PermissionError):  # Windows opens no folders; its rename is durable enough for a first look
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
