"""A whole class in one job, with progress; the document is kept and can be fetched again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Progress
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import NotFound
from core.sdk.files import store
from core.sdk.work import enqueue
from plugins.learners import public as learners

from ...models import Print
from ..results.reading import require_class
from .cards import class_cards
from .classbook import class_book

PRINT = "assessment.print"
_MEDIA = "application/pdf"


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A document of a class that was made."""

    id: UUID
    kind: str
    term: int
    pupils: int
    made_by: str
    made_at: datetime


def ask(ctx: Context, class_id: UUID, kind: str, term: int, language: str) -> UUID:
    """Ask for the documents of a class; returns the job.

    Args:
        kind: `cards` of the year, or the class `book` of a term.

    Raises:
        NotFound, Forbidden: a class whose results one may not see; no such kind or term.
    """
    require_class(ctx, class_id)
    if (kind, term) not in {("cards", 0), ("book", 1), ("book", 2)}:
        raise NotFound
    payload = {"class_id": str(class_id), "kind": kind, "term": term, "language": language}
    return enqueue(ctx, PRINT, payload, key=f"{kind}:{term}:{class_id}")


def run(ctx: Context, class_id: UUID, kind: str, term: int, language: str, progress: Progress) -> None:
    """Make and keep the document; a run that was cut off has kept nothing and is repeated."""
    progress(0, 1)
    content, pupils = (
        class_cards(ctx, class_id, language) if kind == "cards" else class_book(ctx, class_id, term, language)
    )
    name = f"{learners.class_of(ctx, class_id).name}-{kind}.pdf"
    kept = store(ctx, content, name=name, media_type=_MEDIA, purpose=PRINT)
    row = {"class_id": class_id, "kind": kind, "term": term, "file_id": kept.id, "pupils": pupils}
    ctx.session.add(Print(id=new_id(), school_id=ctx.school_id, made_by=ctx.actor.name, made_at=ctx.now(), **row))
    record(ctx, "assessment.printed", target=("learners_class", class_id), detail={"kind": kind, "pupils": pupils})
    progress(1, 1)


def prints(ctx: Context, class_id: UUID) -> list[PrintLine]:
    """The documents of a class, the newest first.

    Raises:
        NotFound, Forbidden: as `ask`.
    """
    require_class(ctx, class_id)
    columns = Print.id, Print.kind, Print.term, Print.pupils, Print.made_by, Print.made_at
    query = (
        select(*columns)
        .where(Print.school_id == ctx.school_id, Print.class_id == class_id)
        .order_by(Print.made_at.desc())
        .limit(20)
    )
    return [PrintLine(*row) for row in ctx.session.execute(query)]


def open_print(ctx: Context, print_id: UUID) -> tuple[UUID, int]:
    """The file of a document, and how many pupils are in it.

    Raises:
        NotFound, Forbidden: no such document, or of a class whose results one may not see.
    """
    wanted = select(Print.class_id, Print.file_id, Print.pupils)
    found = ctx.session.execute(wanted.where(Print.school_id == ctx.school_id, Print.id == print_id)).one_or_none()
    if found is None:
        raise NotFound
    require_class(ctx, found.class_id)
    return found.file_id, found.pupils
