"""Locking a book, approving it, and opening it again: each lock keeps a version that stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.people import kept_ids
from plugins.curriculum import public as curriculum

from ..access import APPROVE, NAMED
from ..events import BOOK_APPROVED, BOOK_LOCKED, BOOK_REOPENED
from ..models import Gradebook, Reopening, Snapshot
from . import books
from .approving import may_approve, require_approver, subjects_of
from .saving import require_editor

SNAPSHOT = (
    "SELECT coalesce(jsonb_object_agg(learner_id, row), '{}') FROM (SELECT learner_id, jsonb_object_agg(slot,"
    " CASE state WHEN 2 THEN 'v' WHEN 3 THEN 'v0' WHEN 4 THEN 'M' ELSE coalesce(text,"
    " trim_scale(tenths / 10.0)::text) END) AS row FROM assessment_mark m"
    " WHERE m.school_id = b.school_id AND m.gradebook_id = b.id GROUP BY learner_id) pupils"
)
"""The marks of a book `b` as `{learner: {slot: stored text}}`."""
_KEEP = text(
    "INSERT INTO assessment_snapshot (school_id, gradebook_id, version, locked_at, locked_by, approved_by, marks)"  # noqa: S608
    f" SELECT b.school_id, b.id, b.version, :now, :name, '', ({SNAPSHOT}) FROM assessment_gradebook b"
    " WHERE b.school_id = :school AND b.id = :book"
)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a book as it was locked."""

    version: int
    locked_at: datetime
    locked_by: str
    approved_at: datetime | None
    approved_by: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request to open a book again."""

    id: UUID
    gradebook_id: UUID
    version: int
    asked_by: str
    asked_at: datetime
    reason: str
    decision: str
    decided_by: str
    decided_at: datetime | None
    answer: str
    asked_by_id: UUID | None = None
    """The account of who asked; somebody else decides."""


def lock(ctx: Context, book: books.Book) -> int:
    """Lock a book and keep what stands in it; returns the version. What is missing stays missing.

    Raises:
        Conflict: it is locked already. NotFound, Forbidden: the actor may not enter marks here.
    """
    require_editor(ctx, book)
    book_id, state, version, _revision = books.held(ctx, book)
    books.require_unlocked(state)
    books.touch(ctx, book_id, state="locked")
    ctx.session.execute(_KEEP, {"school": ctx.school_id, "book": book_id, "now": ctx.now(), "name": ctx.actor.name})
    record(ctx, "assessment.book.locked", target=("gradebook", book_id), detail={"version": version})
    emit(ctx, BOOK_LOCKED, _payload(book, book_id))
    return version


def approve(ctx: Context, book: books.Book) -> None:
    """Approve the locked version.

    Raises:
        Conflict: it is not locked, or approved already. Forbidden.
    """
    require_approver(ctx, book.course)
    book_id, state, version, _revision = books.held(ctx, book)
    books.require_state(state, "locked")
    books.touch(ctx, book_id, state="approved")
    ctx.session.execute(
        update(Snapshot)
        .where(Snapshot.school_id == ctx.school_id, Snapshot.gradebook_id == book_id, Snapshot.version == version)
        .values(approved_at=ctx.now(), approved_by=ctx.actor.name)
    )
    record(ctx, "assessment.book.approved", target=("gradebook", book_id), detail={"version": version})
    emit(ctx, BOOK_APPROVED, _payload(book, book_id))


def ask_to_reopen(ctx: Context, book: books.Book, reason: str) -> UUID:
    """Ask to have a locked book opened again.

    Raises:
        Invalid: without a reason. Conflict: it is open, or somebody has asked already.
        NotFound, Forbidden: the actor may not enter marks here.
    """
    require_editor(ctx, book)
    reason = _reason(reason)
    book_id, state, version, _revision = books.held(ctx, book)
    books.require_state(state, "locked", "approved")
    if waiting(ctx, book_id) is not None:
        raise Conflict(_("Somebody has asked for this already. The head of the school will answer."))
    found = Reopening(
        id=new_id(), school_id=ctx.school_id, gradebook_id=book_id, version=version, asked_by=ctx.actor.name,
        asked_by_id=ctx.actor.account_id, reason=reason, created_at=ctx.now(), updated_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(found)
    ctx.session.flush()
    record(ctx, "assessment.reopening.asked", target=("gradebook", book_id), detail={"reason": reason})
    return found.id


def decide(ctx: Context, book: books.Book, *, approved: bool, answer: str = "") -> int:
    """Answer the request that waits; approving begins the next version, the locked one stays. Returns the version.

    Raises:
        NotFound: nobody has asked. Conflict: the actor has asked it themself. Forbidden.
    """
    require_approver(ctx, book.course)
    book_id, _state, version, _revision = books.held(ctx, book)
    request = waiting(ctx, book_id)
    if request is None:
        raise NotFound
    if request.asked_by_id is not None and request.asked_by_id == ctx.actor.account_id:
        raise Conflict(_("Who asked for this does not decide on it. Somebody else has to answer."))
    ctx.session.execute(
        update(Reopening)
        .where(Reopening.school_id == ctx.school_id, Reopening.id == request.id)
        .values(
            decision="approved" if approved else "declined",
            decided_by=ctx.actor.name,
            decided_at=ctx.now(),
            answer=answer.strip()[:LONGEST],
        )
    )
    if not approved:
        detail = {"version": version}
        record(ctx, "assessment.reopening.declined", target=("gradebook", book_id), detail=detail)
        return version
    return _open(ctx, book, book_id, version, request.reason)


def _open(ctx: Context, book: books.Book, book_id: UUID, version: int, reason: str) -> int:
    books.touch(ctx, book_id, state="open", version=version + 1)
    detail = {"version": version + 1, "reason": reason}
    record(ctx, "assessment.book.reopened", target=("gradebook", book_id), detail=detail)
    emit(ctx, BOOK_REOPENED, _payload(book, book_id))
    return version + 1


def _payload(book: books.Book, book_id: UUID) -> dict[str, Any]:
    return {"gradebook_id": str(book_id), "class_id": str(book.klass.id), "term": book.term}


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:LONGEST]
    if not reason:
        problem = _("Please give a reason.")
        raise Invalid(problem, fields={"reason": problem})
    return reason


def waiting(ctx: Context, book_id: UUID | None) -> Request | None:
    """The request that waits for an answer."""
    return next((found for found in requests(ctx, book_id) if not found.decision), None)


def requests(ctx: Context, book_id: UUID | None) -> list[Request]:
    """The requests to open a book again, newest first. The caller has checked who asks."""
    if book_id is None:
        return []
    found = select(Reopening).where(Reopening.school_id == ctx.school_id, Reopening.gradebook_id == book_id)
    return [_request(row) for row in ctx.session.scalars(found.order_by(Reopening.id.desc()))]


@dataclass(frozen=True, slots=True)
class WaitingBook:
    """A request with the book that it is about; `subject` is the code, empty for a class's own book."""

    request: Request
    class_id: UUID
    course_id: UUID | None
    term: int
    subject: str = ""


def waiting_books(ctx: Context) -> list[WaitingBook]:
    """The requests on which the actor may decide, the oldest first.

    Raises:
        Forbidden: neither the head nor anybody who could be named.
    """
    if not ctx.actor.has(APPROVE) and not subjects_of(ctx):
        ctx.require(NAMED)
        return []
    codes = {line.id: line for line in curriculum.courses(ctx)}
    wanted = (
        select(Reopening, Gradebook.class_id, Gradebook.course_id, Gradebook.term)
        .join(Gradebook, (Gradebook.school_id == Reopening.school_id) & (Gradebook.id == Reopening.gradebook_id))
        .where(Reopening.school_id == ctx.school_id, Reopening.decision == "")
        .order_by(Reopening.id)
    )
    found = []
    for row, class_id, course_id, term in ctx.session.execute(wanted):
        course = codes.get(course_id) if course_id is not None else None
        if may_approve(ctx, course):
            code = course.code if course else ""
            found.append(WaitingBook(_request(row), class_id, course_id, term, code))
    return found


def all_waiting(ctx: Context) -> list[Request]:
    """`waiting_books` without the books."""
    return [one.request for one in waiting_books(ctx)]


def _request(row: Reopening) -> Request:
    return Request(
        row.id, row.gradebook_id, row.version, row.asked_by, row.created_at, row.reason, row.decision, row.decided_by,
        row.decided_at, row.answer, row.asked_by_id,
    )  # fmt: skip


def versions(ctx: Context, book_id: UUID | None) -> list[VersionLine]:
    """The locked versions of a book, newest first. The caller has checked who asks."""
    if book_id is None:
        return []
    columns = (
        Snapshot.version, Snapshot.locked_at, Snapshot.locked_by, Snapshot.approved_at, Snapshot.approved_by,
    )  # fmt: skip
    found = (
        select(*columns)
        .where(Snapshot.school_id == ctx.school_id, Snapshot.gradebook_id == book_id)
        .order_by(Snapshot.version.desc())
    )
    return [VersionLine(*row) for row in ctx.session.execute(found)]


def version_marks(ctx: Context, book_id: UUID | None, version: int) -> Mapping[str, Mapping[str, str]]:
    """What stood in a version: stored texts by learner id and slot. The caller has checked who asks.

    Raises:
        NotFound: no such version.
    """
    wanted = select(Snapshot.marks).where(
        Snapshot.school_id == ctx.school_id, Snapshot.gradebook_id == book_id, Snapshot.version == version
    )
    found: Mapping[str, Mapping[str, str]] | None = ctx.session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound
    return under_kept(ctx, found)


def under_kept(ctx: Context, marks: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """Kept marks with those of records that were made one with another since, where that one has none of its own."""
    kept = {str(gone): str(keep) for gone, keep in kept_ids(ctx).items()}
    moved = {kept[learner]: row for learner, row in marks.items() if learner in kept}
    return {**marks, **{learner: {**row, **marks.get(learner, {})} for learner, row in moved.items()}}
