"""Papers of requests for leave: what a family sends along, such as a photo of a doctor's note.

Such a paper tells of the child's health: whoever is not the family states what it is needed for, and the reading is
written down (Decree 356/2025/ND-CP, article 4).
"""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, _, access
from core.sdk.disclosure import disclose
from core.sdk.errors import Invalid, NotFound
from core.sdk.files import StoredFile, info, store
from core.sdk.files import open as open_file
from plugins.curriculum.public import HOMEROOM

from ..access import DECIDE, REPORT
from ..models import Request
from .requests import may_decide

CLASS = "health"
PLACE = _("Paper of a request for leave")
PURPOSE = "attendance.leave"
LIMIT = 10 * 1024 * 1024
_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n", "image/png"))
"""What a telephone or a scanner makes; what the file claims to be is not believed."""


def keep_paper(ctx: Context, learner_id: UUID, name: str, content: bytes) -> UUID | None:
    """Keep the paper of a request that is being made; None where nothing was chosen.

    Raises:
        NotFound: not one's own child. Invalid: no PDF, JPEG or PNG, or larger than 10 MB, by the field `paper`.
    """
    access.require_for(ctx, REPORT, learner_id)
    if not name or not content:
        return None
    kind = next((kind for magic, kind in _KINDS if content.startswith(magic)), None)
    if kind is None or len(content) > LIMIT:
        problem = _("Choose a PDF or a picture of at most 10 MB.")
        raise Invalid(problem, fields={"paper": problem})
    return store(ctx, content, name=name, media_type=kind, purpose=PURPOSE, limit=LIMIT).id


def paper_of(ctx: Context, request_id: UUID) -> tuple[UUID, UUID]:
    """The pupil and the paper of a request: for who decides on it, and for the family.

    Raises:
        NotFound: no such request, one without a paper, or one on which the actor does not decide.
    """
    query = select(Request.learner_id, Request.file_id).where(
        Request.school_id == ctx.school_id, Request.id == request_id
    )
    row = ctx.session.execute(query).one_or_none()
    if row is None or row.file_id is None or not _reaches(ctx, row.learner_id):
        raise NotFound
    return row.learner_id, row.file_id


def _reaches(ctx: Context, learner_id: UUID) -> bool:
    if learner_id == ctx.actor.person_id or learner_id in access.children(ctx):
        return True
    decides = ctx.actor.has(DECIDE) or ctx.actor.has(f"{DECIDE}.{HOMEROOM}")
    return decides and may_decide(ctx, learner_id)


def open_paper(ctx: Context, request_id: UUID) -> tuple[StoredFile, BinaryIO] | None:
    """The paper, and a line in the log of readings; None while the reader has not said what it is needed for.

    Raises:
        NotFound: as `paper_of`.
    """
    learner_id, file_id = paper_of(ctx, request_id)
    if CLASS not in disclose(ctx, learner_id, {CLASS}, place=PLACE):
        return None
    return info(ctx, file_id), open_file(ctx, file_id)
