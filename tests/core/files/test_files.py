"""Documents: kept whole or not at all, once each, for one school."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.context import Context
from core.data.session import Database
from core.files import service
from core.files.stores import CHUNK, LocalStore, TooLargeError
from core.sdk import files
from core.sdk.errors import Invalid, NotFound
from core.types.actor import Actor

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of the bound store."""
    before = service._store
    service.bind(LocalStore(tmp_path / "files"))
    yield tmp_path / "files"
    service._store = before


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def keep(ctx: Context, content: bytes | BinaryIO, name: str = "a.pdf") -> files.StoredFile:
    return files.store(ctx, content, name=name, media_type="application/pdf", purpose="test.paper")


def test_a_real_workbook_comes_back_byte_for_byte(
    db: Database, school: UUID, system: Actor, folder: Path, shared: Path
) -> None:
    source = shared / "data" / "learners-thcs.xlsx"
    with source.open("rb") as stream, db.context(system, school) as ctx:
        stored = files.store(ctx, stream, name=source.name, media_type=WORKBOOK, purpose="learners.import")
    with db.context(system, school) as ctx:
        assert files.info(ctx, stored.id) == stored
        with files.open(ctx, stored.id) as content:
            assert content.read() == source.read_bytes()
    assert stored.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert stored.size == source.stat().st_size


def test_the_same_document_is_kept_once_in_a_school(
    db: Database, school: UUID, other_school: UUID, system: Actor, folder: Path
) -> None:
    with db.context(system, school) as ctx:
        first = keep(ctx, b"paper")
        assert keep(ctx, b"paper") == first
        assert keep(ctx, b"paper", name="b.pdf").id != first.id
    with db.context(system, other_school) as ctx:
        assert keep(ctx, b"paper").id != first.id
    [path] = kept(folder)
    assert path.name == first.sha256
    assert path.stat().st_mode & 0o777 == 0o400


def test_a_document_of_another_school_is_not_there(
    db: Database, school: UUID, other_school: UUID, system: Actor, folder: Path
) -> None:
    with db.context(system, school) as ctx:
        stored = keep(ctx, b"paper")
    with pytest.raises(NotFound), db.context(system, other_school) as ctx:
        files.open(ctx, stored.id)


def test_what_is_too_large_is_refused_and_leaves_nothing(
    db: Database, school: UUID, system: Actor, folder: Path
) -> None:
    with pytest.raises(Invalid, match="larger than 2 MB"), db.context(system, school) as ctx:
        files.store(ctx, BytesIO(bytes(2 * CHUNK + 1)), name="a", media_type="text/csv", purpose="x", limit=2 * CHUNK)
    assert kept(folder) == []


def test_a_broken_upload_leaves_nothing(db: Database, school: UUID, system: Actor, folder: Path) -> None:
    class Breaks(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError), db.context(system, school) as ctx:
        keep(ctx, Breaks(bytes(100)))
    assert kept(folder) == []


@pytest.mark.parametrize("kind", ["", "pdf", "text/html\r\nX: y", "a/b/c", "../x"])
def test_a_media_type_that_is_none_is_refused(
    db: Database, school: UUID, system: Actor, folder: Path, kind: str
) -> None:
    with pytest.raises(Invalid), db.context(system, school) as ctx:
        files.store(ctx, b"x", name="a", media_type=kind, purpose="x")


def test_parameters_of_a_media_type_are_dropped(db: Database, school: UUID, system: Actor, folder: Path) -> None:
    with db.context(system, school) as ctx:
        stored = files.store(ctx, b"x", name="a", media_type="Text/CSV; charset=utf-8", purpose="x")
    assert stored.media_type == "text/csv"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\Danh sách 6A.xlsx", "Danh sách 6A.xlsx"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("Bản  tin\u0300.pdf", "Bản tìn.pdf".replace("tìn", "tin\u0300")),
        ("...", "document"),
        ("", "document"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
    ],
)
def test_names_are_cleaned(typed: str, shown: str) -> None:
    import unicodedata

    assert files.clean_name(typed) == unicodedata.normalize("NFC", shown)


@given(st.text(max_size=400))
def test_no_name_is_dangerous(typed: str) -> None:
    name = files.clean_name(typed)
    assert 1 <= len(name) <= 200
    assert not set(name) & set('/\\<>:"|?*\r\n\0')
    assert name.strip(". ") == name
    assert files.clean_name(name) == name


def test_a_digest_from_outside_reaches_no_other_file(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for digest in ("../../etc/passwd", "a" * 63, "A" * 64, "/" * 64):
        with pytest.raises(ValueError, match="digest"):
            store.open(digest)


def test_two_uploads_of_one_document_at_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    content = os.urandom(3 * CHUNK)
    barrier = threading.Barrier(4)
    digests: list[str] = []

    def upload() -> None:
        barrier.wait()
        digests.append(store.put(BytesIO(content), limit=len(content)).sha256)

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(digests)) == 1
    assert len(digests) == 4
    [path] = kept(tmp_path)
    assert path.read_bytes() == content
    store.remove(digests[0])
    store.remove(digests[0])
    with pytest.raises(FileNotFoundError):
        store.open(digests[0])


def test_the_limit_is_exact(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert store.put(BytesIO(b"12345"), limit=5).size == 5
    with pytest.raises(TooLargeError):
        store.put(BytesIO(b"123456"), limit=5)
