"""The end of joining: an account for the guardian, new or one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.access.grants import grant
from core.access.roles import PARENT
from core.data.context import Context
from core.data.session import Database
from core.identity import accounts, entry, notices
from core.identity.entry import SignedInNow
from core.identity.links import read_link
from core.types.actor import Actor
from core.types.clock import Clock, utc_now
from core.types.errors import Conflict, TruongError
from core.types.message import _

from .joining import ACTOR, JOINING
from .questions import initials, same_name

_JOIN = text(
    "SELECT j.id, j.school_id, j.guardian_id, s.name AS school_name, g.full_name, g.phones, child.full_name AS child"
    " FROM core_family_join j JOIN core_family_code c ON c.id = j.code_id JOIN core_school s ON s.id = j.school_id"
    " JOIN core_person g ON g.id = j.guardian_id JOIN core_person child ON child.id = c.child_id"
    " WHERE j.id = :id AND j.joined_at IS NULL AND c.withdrawn_at IS NULL"
)
_JOINED = text(
    "UPDATE core_family_join SET account_id = :account, joined_at = :now WHERE id = :id AND joined_at IS NULL"
    " RETURNING id"
)
_WHO = text(
    "SELECT p.person_id, person.full_name FROM core_account_person p JOIN core_person person ON person.id = p.person_id"
    " WHERE p.account_id = :account AND p.school_id = :school"
)
_TAKEN = text("SELECT account_id FROM core_account_person WHERE school_id = :school AND person_id = :person")
# Somebody who works at the school is a person there already: the family relations go to that one.
_MOVE = text(
    "UPDATE core_relation r SET person_id = :mine, updated_at = :now WHERE r.school_id = :school"
    " AND r.person_id = :guardian AND NOT EXISTS (SELECT FROM core_relation o WHERE o.school_id = :school"
    " AND o.person_id = :mine AND o.related_id = r.related_id AND o.kind = r.kind)"
)
_PHONES = text(
    "UPDATE core_person SET phones = ARRAY(SELECT DISTINCT unnest(phones || CAST(:phones AS text[]))),"
    " updated_at = :now WHERE id = :mine AND school_id = :school"
)


class JoiningOver(TruongError):
    """The way was opened and has been gone to its end, or the code was withdrawn since."""

    status: ClassVar[int] = 410
    default_code: ClassVar[str] = "joining_over"

    def __init__(self) -> None:
        super().__init__(_("This step is over. If there is an account already, please sign in."))


@dataclass(frozen=True, slots=True)
class Joining:
    """Who is about to join, after the second knowledge was right."""

    school_name: str
    child: str
    """Initials."""
    name: str
    """Of the guardian, as the school has it."""


def joining(db: Database, token: str, *, clock: Clock = utc_now) -> Joining:
    """Whom a token of `answer` is for.

    Raises:
        NotFound: for a token not made here. LinkExpired: after half an hour. JoiningOver: when used.
    """
    with db.all_schools(ACTOR, clock=clock) as ctx:
        row = _find(ctx, token)
    return Joining(row.school_name, initials(row.child), row.full_name)


def join_new(
    db: Database,
    token: str,
    login: str,
    password: str,
    *,
    locale: str = "vi",
    remote_addr: str = "",
    user_agent: str = "",
    replaces: str | None = None,
    clock: Clock = utc_now,
) -> SignedInNow:
    """An account for the guardian, signed in.

    Raises:
        Invalid: for a login or password that cannot be used; the token stays good.
        Conflict: when the sign-in name is taken, or the guardian has an account.
        NotFound, LinkExpired, JoiningOver: as `joining`.
    """
    with db.all_schools(ACTOR, clock=clock) as ctx:
        row = _find(ctx, token)
    with db.context(ACTOR, row.school_id, clock=clock) as ctx:
        account_id = accounts.create_account(ctx, login, row.full_name, password=password, locale=locale)
        _finish(ctx, row, account_id)
        accounts.link_person(ctx, account_id, row.guardian_id)
        grant(ctx, account_id, PARENT)
    actor = Actor("account", row.full_name, account_id=account_id, remote_addr=remote_addr)
    with db.all_schools(actor, clock=clock) as ctx:
        return entry.begin(
            ctx, account_id, strong=False, remote_addr=remote_addr, user_agent=user_agent, replaces=replaces
        )


def join_existing(db: Database, token: str, account_id: UUID, *, clock: Clock = utc_now) -> None:
    """Add the guardian's children to an account whose owner is signed in, from this school or another one.

    Raises:
        Conflict: when the guardian has another account, or the account is somebody of another name at the school; the
            office looks into that, nothing is corrected by itself.
        NotFound, LinkExpired, JoiningOver: as `joining`.
    """
    with db.all_schools(ACTOR, clock=clock) as ctx:
        row = _find(ctx, token)
    with db.context(ACTOR, row.school_id, clock=clock) as ctx:
        _finish(ctx, row, account_id)
        known = ctx.session.execute(_WHO, {"account": account_id, "school": ctx.school_id}).one_or_none()
        if known is None:
            accounts.link_person(ctx, account_id, row.guardian_id)
        elif known.person_id != row.guardian_id:
            _move(ctx, row, known)
        grant(ctx, account_id, PARENT)
        notices.tell(ctx, account_id, "joined")


def _find(ctx: Context, token: str) -> Row[Any]:
    row = ctx.session.execute(_JOIN, {"id": read_link(JOINING, token, ctx.now())}).one_or_none()
    if row is None:
        raise JoiningOver
    return row


def _finish(ctx: Context, row: Row[Any], account_id: UUID) -> None:
    """The token is used up, once; of two at the same moment one wins."""
    other = ctx.session.execute(_TAKEN, {"school": row.school_id, "person": row.guardian_id}).scalar_one_or_none()
    if other is not None and other != account_id:
        raise Conflict(_("This family member has an account already. Please sign in with it."))
    values = {"id": row.id, "account": account_id, "now": ctx.now()}
    if ctx.session.execute(_JOINED, values).one_or_none() is None:
        raise JoiningOver
    audit.record(ctx, "identity.family_joined", target=("account", account_id), detail={"person": row.guardian_id})


def _move(ctx: Context, row: Row[Any], known: Row[Any]) -> None:
    if not same_name(known.full_name, row.full_name):
        raise Conflict(
            _("At this school your account belongs to a person of another name. Please ask the office to look into it.")
        )
    values = {"mine": known.person_id, "guardian": row.guardian_id, "school": ctx.school_id, "now": ctx.now()}
    ctx.session.execute(_MOVE, values)
    ctx.session.execute(_PHONES, {**values, "phones": row.phones})
    detail = {"from": row.guardian_id}
    audit.record(ctx, "people.person_changed", target=("person", known.person_id), detail=detail)
