"""A family's side: a code from paper and a second knowledge open the way to an account, new or one's own.

The steps: look at the code; say who one is and answer the question; then make an account, or add the child to the one
that one has, here or from another school.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.data.session import Database
from core.data.types import new_id
from core.identity import throttle
from core.identity.crockford import is_whole, tidy
from core.identity.links import make_link
from core.identity.settings import SECOND_KNOWLEDGE
from core.identity.signin import TooManyAttempts
from core.settings.services import read
from core.types.actor import system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import Conflict, TruongError
from core.types.message import _

from .issuing import LENGTH, digests
from .questions import Question, initials, is_right, question_for

ACTOR = system_actor("family-code")
JOINING = "identity.family"
LIFE = timedelta(minutes=30)
"""Time to make an account after the code was proved."""
MOST_FAILURES = 5
"""Wrong answers with one code; then it is withdrawn, and the office gives out another."""
_CODE = text(
    "SELECT c.id, c.school_id, c.child_id, s.name AS school_name, child.full_name, child.birth_date"
    " FROM core_family_code c JOIN core_school s ON s.id = c.school_id JOIN core_person child ON child.id = c.child_id"
    " WHERE c.code_hash = ANY(:hashes) AND c.withdrawn_at IS NULL AND c.expires_at > :now FOR UPDATE OF c"
)
_GUARDIANS = text(
    "SELECT DISTINCT ON (g.id) g.id, r.kind, g.phones, p.account_id FROM core_relation r"
    " JOIN core_person g ON g.id = r.person_id AND NOT g.deceased"
    " LEFT JOIN core_account_person p ON p.school_id = r.school_id AND p.person_id = g.id"
    " WHERE r.school_id = :school AND r.related_id = :child AND r.may_access ORDER BY g.id, r.kind"
)
_WRONG = text(
    "UPDATE core_family_code SET failures = failures + 1,"
    " withdrawn_at = CASE WHEN failures + 1 >= :most THEN CAST(:now AS timestamptz) END WHERE id = :id"
    " RETURNING withdrawn_at"
)
_PROVED = text(
    "INSERT INTO core_family_join (id, school_id, code_id, guardian_id, proved_at)"
    " VALUES (:id, :school, :code, :guardian, :now)"
    " ON CONFLICT (code_id, guardian_id) DO UPDATE SET proved_at = :now WHERE core_family_join.joined_at IS NULL"
    " RETURNING id"
)


class CodeRefused(TruongError):
    """Unknown, over, withdrawn: never told apart."""

    status: ClassVar[int] = 404
    default_code: ClassVar[str] = "family_code_refused"

    def __init__(self) -> None:
        super().__init__(_("This code is not valid any more. Please ask the school for a new one."))


class CodeMistyped(TruongError):
    """The check character does not fit: nothing was looked up."""

    status: ClassVar[int] = 422
    default_code: ClassVar[str] = "family_code_mistyped"

    def __init__(self) -> None:
        super().__init__(_("One sign of the code is not right. Please compare it with the paper."))


class AnswerRefused(TruongError):
    """The second knowledge is wrong."""

    status: ClassVar[int] = 422
    default_code: ClassVar[str] = "family_answer_refused"

    def __init__(self) -> None:
        super().__init__(_("This is not what the school has on record. After a few wrong answers the code is locked."))


@dataclass(frozen=True, slots=True)
class Guardian:
    """Somebody who may join by a code, as far as the page may say."""

    id: UUID
    kind: str
    """father, mother or guardian."""
    question: Question
    joined: bool
    """Whether they have an account already."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a code shows: the school, and of the child no more than its initials."""

    school_name: str
    child: str
    guardians: tuple[Guardian, ...]


def look(db: Database, typed: str, *, remote_addr: str = "", clock: Clock = utc_now) -> Opened:
    """What a typed or scanned code is for.

    Raises:
        CodeMistyped: when it cannot be a code. CodeRefused: when no such code is open.
        TooManyAttempts: after too many of those from one network.
    """
    code = _whole(typed)
    attempt = _count(db, remote_addr, clock)
    with db.all_schools(ACTOR, clock=clock) as ctx:
        found = _find(ctx, code)
        throttle.forgive_code(ctx, attempt)
        guardians = tuple(
            Guardian(row.id, row.kind, _question(ctx, found, row), row.account_id is not None)
            for row in _guardians(ctx, found)
        )
    order = {"father": 0, "mother": 1}
    shown = tuple(sorted(guardians, key=lambda one: order.get(one.kind, 2)))
    return Opened(found.school_name, initials(found.full_name), shown)


def answer(
    db: Database, typed: str, guardian_id: UUID, given: str, *, remote_addr: str = "", clock: Clock = utc_now
) -> str:
    """Check the second knowledge.

    Returns:
        a token of half an hour for the next step.

    Raises:
        AnswerRefused: when it is wrong; a few wrong answers withdraw the code.
        Conflict: when this guardian has an account already, or the school knows nothing to ask.
        CodeMistyped, CodeRefused, TooManyAttempts: as `look`.
    """
    code = _whole(typed)
    attempt = _count(db, remote_addr, clock)
    with db.all_schools(ACTOR, clock=clock) as ctx:
        found = _find(ctx, code)
        guardian = next((row for row in _guardians(ctx, found) if row.id == guardian_id), None)
        if guardian is None:
            raise CodeRefused
        question = _question(ctx, found, guardian)
        if not question:
            raise Conflict(_("The school has no telephone number or date of birth on record. Please go to the office."))
        right = is_right(question, given, guardian.phones, found.birth_date)
        if right:
            throttle.forgive_code(ctx, attempt)
            return _proved(ctx, found, guardian)
        _wrong(ctx, found)
    raise AnswerRefused


def _whole(typed: str) -> str:
    code = tidy(typed)
    if not is_whole(code, LENGTH):
        raise CodeMistyped
    return code


def _count(db: Database, address: str, clock: Clock) -> throttle.Attempt:
    with db.all_schools(ACTOR, clock=clock) as ctx:
        attempt = throttle.begin_code(ctx, address)
        now = ctx.now()
    if isinstance(attempt, throttle.Wait):
        raise TooManyAttempts(attempt.until, now)
    return attempt


def _find(ctx: Context, code: str) -> Row[Any]:
    found = ctx.session.execute(_CODE, {"hashes": digests(code), "now": ctx.now()}).one_or_none()
    if found is None:
        raise CodeRefused
    return found


def _guardians(ctx: Context, found: Row[Any]) -> list[Row[Any]]:
    return list(ctx.session.execute(_GUARDIANS, {"school": found.school_id, "child": found.child_id}))


def _question(ctx: Context, found: Row[Any], guardian: Row[Any]) -> Question:
    born: date | None = found.birth_date
    return question_for(_preferred(ctx, found.school_id), guardian.phones, born)


def _preferred(ctx: Context, school_id: UUID) -> str:
    """The school's setting, from a context over all schools."""
    return str(read(Context(ctx.session, ctx.actor, school_id, ctx.clock), SECOND_KNOWLEDGE))


def _wrong(ctx: Context, found: Row[Any]) -> None:
    locked: datetime | None = ctx.session.execute(
        _WRONG, {"id": found.id, "most": MOST_FAILURES, "now": ctx.now()}
    ).scalar_one()
    if locked is not None:
        target = ("person", found.child_id)
        audit.record(ctx, "identity.family_code_locked", target=target, school_id=found.school_id)


def _proved(ctx: Context, found: Row[Any], guardian: Row[Any]) -> str:
    values = {
        "id": new_id(),
        "school": found.school_id,
        "code": found.id,
        "guardian": guardian.id,
        "now": ctx.now(),
    }
    join: UUID | None = ctx.session.execute(_PROVED, values).scalar_one_or_none()
    if join is None or guardian.account_id is not None:
        raise Conflict(_("This family member has an account already. Please sign in with it."))
    return make_link(JOINING, join, ctx.now() + LIFE)
