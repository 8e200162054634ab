"""Papers that prove something about a pupil: kept as documents of the school, opened only through the record."""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select, union_all

from core.sdk import Context
from core.sdk.errors import Invalid, NotFound
from core.sdk.files import StoredFile, info, store
from core.sdk.files import open as open_file
from core.sdk.text import _

from ..models import ContactRight, Movement, PolicyGroup

EDIT = "learners.learner.edit"
PURPOSE = "learners.evidence"
LIMIT = 10 * 1024 * 1024
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n", "image/png"))
"""What a scanner or a telephone makes; what the file claims to be is not believed."""


def keep_paper(ctx: Context, name: str, content: bytes) -> UUID | None:
    """Keep a paper; None where nothing was chosen.

    Raises:
        Invalid: no PDF, JPEG or PNG, or larger than 10 MB, by the field `paper`.
    """
    ctx.require(EDIT)
    if not name or not content:
        return None
    kind = next((kind for magic, kind in _KINDS if content.startswith(magic)), None)
    if kind is None or len(content) > LIMIT:
        problem = _("Choose a PDF or a picture of at most 10 MB.")
        raise Invalid(problem, fields={"paper": problem})
    return store(ctx, content, name=name, media_type=kind, purpose=PURPOSE, limit=LIMIT).id


def open_paper(ctx: Context, learner_id: UUID, file_id: UUID) -> tuple[StoredFile, BinaryIO]:
    """A paper of a pupil. The caller has checked who asks, and why.

    Raises:
        NotFound: it belongs to another pupil, or to none.
    """
    held = union_all(
        *(
            select(model.file_id).where(
                model.school_id == ctx.school_id, model.learner_id == learner_id, model.file_id == file_id
            )
            for model in (PolicyGroup, Movement, ContactRight)
        )
    )
    if ctx.session.execute(held.limit(1)).first() is None:
        raise NotFound
    return info(ctx, file_id), open_file(ctx, file_id)
