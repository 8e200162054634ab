"""The lists of imports as documents of the school: kept as they came, read again when a plan or a file needs them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.files import open as open_file
from core.sdk.files import store
from core.sdk.imports import Limits

from ..models import Import

PURPOSE = "learners.import"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = ((b"PK\x03\x04", _WORKBOOK), (b"\xd0\xcf\x11\xe0", "application/vnd.ms-excel"))


def keep_list(ctx: Context, file_name: str, content: bytes) -> UUID:
    """Keep an uploaded list; returns the id of the document.

    Raises:
        Invalid: larger than any list that could be read.
    """
    kind = next((kind for magic, kind in _KINDS if content.startswith(magic)), "text/csv")
    kept = store(ctx, content, name=file_name, media_type=kind, purpose=PURPOSE, limit=Limits().file)
    return kept.id


def kept_list(ctx: Context, import_id: UUID) -> bytes:
    """The list of an import, byte for byte as it was uploaded.

    Raises:
        NotFound: no such import here.
    """
    place = select(Import.file_id, Import.source).where(Import.school_id == ctx.school_id, Import.id == import_id)
    found = ctx.session.execute(place).one_or_none()
    if found is None:
        raise NotFound
    if found.file_id is None:  # from before lists became documents
        return found.source or b""
    with open_file(ctx, found.file_id) as stream:
        return stream.read()
