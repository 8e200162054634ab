"""Keeping and reading documents of a school.

The bytes are safe in the store before the row is written, and the row commits with the caller's transaction:
there is no row without its content. A content without a row (the caller rolled back) only takes up space.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select, text

from core.data.context import Context
from core.types.errors import Invalid, NotFound
from core.types.ids import new_id
from core.types.message import _

from .models import File
from .stores import FileStore, TooLargeError

LIMIT = 20 * 1024 * 1024
"""Bytes of a document unless its purpose allows more."""

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_LONGEST_NAME = 200

# The same content, brought again under the same name for the same purpose, is the same document.
_INSERT = text("""
    INSERT INTO core_file (id, school_id, sha256, size, media_type, name, purpose, created_by, created_at)
    VALUES (:id, :school, :sha256, :size, :media_type, :name, :purpose, :created_by, :created_at)
    ON CONFLICT (school_id, sha256, purpose, name, media_type) DO UPDATE SET size = core_file.size
    RETURNING id, created_by, created_at
""")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document of the school without its content."""

    id: UUID
    sha256: str
    size: int
    media_type: str
    name: str
    purpose: str
    created_by: UUID | None
    created_at: datetime


_store: FileStore | None = None


def bind(store: FileStore) -> None:
    """Make the store of this process known, once, at start."""
    global _store
    _store = store


def store(
    ctx: Context,
    content: BinaryIO | bytes,
    *,
    name: str,
    media_type: str,
    purpose: str,
    limit: int = LIMIT,
) -> StoredFile:
    """Keep a document. The caller has asked for the permission that its purpose needs.

    Args:
        content: the bytes, or a stream of them, read in chunks and never held in memory whole.
        name: what the person called it, cleaned here; no part of any path.
        media_type: what it claims to be; whoever shows it decides whether to believe that.
        purpose: `<plugin>.<what>`.
        limit: most bytes allowed.

    Returns:
        the document; the earlier one when the school has the same content with the same name and purpose.

    Raises:
        Invalid: when it is larger than `limit`, or the media type is none.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(kind):
        raise Invalid(_("This kind of file is not known."))
    stream = BytesIO(content) if isinstance(content, bytes) else content
    try:
        kept = _bound().put(stream, limit=limit)
    except TooLargeError:
        raise Invalid(_("The file is larger than %(size)s.", size=shown_size(limit)), code="too_large") from None
    values = {
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": kind,
        "name": clean_name(name),
        "purpose": purpose,
        "created_by": ctx.actor.account_id,
        "created_at": ctx.now(),
    }
    row = ctx.session.execute(_INSERT, {**values, "id": new_id(), "school": ctx.school_id}).one()
    return StoredFile(**{**values, **row._mapping})


def info(ctx: Context, id: UUID) -> StoredFile:
    """What is known of a document of the school. Raises `NotFound`."""
    row = ctx.session.execute(select(File).where(File.id == id)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return StoredFile(**{name: getattr(row, name) for name in StoredFile.__dataclass_fields__})


def open(ctx: Context, id: UUID) -> BinaryIO:
    """The content of a document of the school, to be closed by the caller. Raises `NotFound`."""
    return _bound().open(info(ctx, id).sha256)


def shown_size(size: int) -> str:
    """A number of bytes as people write it: `20 MB`, `512 kB`."""
    return f"{size // 1024 // 1024} MB" if size >= 1024 * 1024 else f"{size // 1024} kB"


def _bound() -> FileStore:
    if _store is None:
        raise RuntimeError("no file store is bound in this process")
    return _store


def clean_name(name: str) -> str:
    """A name that can be shown and offered for download anywhere: no folders, nothing hidden.

    >>> clean_name("../../etc/Danh sách 6A.xlsx")
    'Danh sách 6A.xlsx'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    cleaned = re.sub(r'[<>:"|?*]', "_", " ".join(shown.split())).strip(". ")
    stem, dot, suffix = cleaned.rpartition(".")
    if len(cleaned) > _LONGEST_NAME:
        keep = _LONGEST_NAME - len(dot + suffix)
        cleaned = stem[:keep] + dot + suffix if keep > 0 and stem else cleaned[:_LONGEST_NAME]
    return cleaned or "document"
