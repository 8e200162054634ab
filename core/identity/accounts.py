"""Making and managing accounts, from inside a school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.access.grants import require_may_manage
from core.data.collate import sort_key
from core.data.context import Context
from core.data.fold import fold
from core.data.types import new_id
from core.people.models import Person
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _

from . import notices, passwords
from .logins import check_login, normalise_login
from .models import Account, AccountPerson
from .sessions import as_system, revoke_others

_PASSWORD = text(
    "UPDATE core_account SET password_hash = :hash, password_changed_at = :now, updated_at = :now,"
    " invitation_id = NULL, invited_until = NULL WHERE id = :id"
)
_STATE = text(
    "UPDATE core_account SET state = :state, updated_at = :now, invitation_id = NULL, invited_until = NULL"
    " WHERE id = :id"
)
# An account is of this school if it has a role here, now or before, or is a person here.
_HERE = (
    "(EXISTS (SELECT FROM core_grant g WHERE g.account_id = a.id AND g.school_id = :school)"
    " OR EXISTS (SELECT FROM core_account_person p WHERE p.account_id = a.id AND p.school_id = :school))"
)
_LIST = text(
    "SELECT a.id, a.login, a.name, a.state, a.last_sign_in_at, p.person_id,"  # noqa: S608
    " ARRAY(SELECT g.role FROM core_grant g WHERE g.account_id = a.id AND g.school_id = :school"
    " AND g.valid_from <= :now"
    " AND (g.valid_until IS NULL OR g.valid_until > :now) ORDER BY g.role) AS roles,"
    " a.invited_until, a.password_changed_at IS NOT NULL AS has_password, a.sort_key"
    " FROM core_account a LEFT JOIN core_account_person p ON p.account_id = a.id AND p.school_id = :school"
    f" WHERE {_HERE} AND (a.sort_key, a.id) > (:after_key, CAST(:after_id AS uuid))"
    " AND (CAST(:one AS uuid) IS NULL OR a.id = CAST(:one AS uuid))"
    " AND strpos(a.search_text, :words) > 0"
    " ORDER BY a.sort_key, a.id LIMIT :limit"
)
_COUNT = text(
    f"SELECT count(*) FROM core_account a WHERE {_HERE} AND strpos(a.search_text, :words) > 0"  # noqa: S608
)
_IS_HERE = text(f"SELECT 1 FROM core_account a WHERE a.id = :id AND {_HERE}")  # noqa: S608


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the school's list shows it."""

    id: UUID
    login: str
    name: str
    state: str
    last_sign_in_at: datetime | None
    person_id: UUID | None
    roles: list[str]
    invited_until: datetime | None
    """End of the invitation that is open, if there is one."""
    has_password: bool
    sort_key: str


def create_account(
    ctx: Context,
    login: str,
    name: str,
    *,
    password: str | None = None,
    person_id: UUID | None = None,
    locale: str = "vi",
) -> UUID:
    """Add an account; roles are given separately (`access.grant`).

    Args:
        password: None leaves an account that nobody can sign in to until one is set.
        person_id: who it is at the context's school.

    Raises:
        Conflict: when the sign-in name is taken; a parent known to another school is linked with
        `link_person`. Invalid: for a login or password that cannot be used.
    """
    ctx.require("core.accounts.manage")
    normal = check_login(login)
    if password is not None:
        passwords.check_new(password, login=normal, name=name)
    now = ctx.now()
    values = {
        "id": new_id(),
        "login": normal,
        "name": " ".join(name.split()),
        "password_hash": passwords.hash_password(password) if password is not None else None,
        "password_changed_at": now if password is not None else None,
        "locale": locale,
        "state": "active",
        "search_text": fold(f"{name} {normal}"),
        "sort_key": sort_key(" ".join(name.split())),
        "failed_attempts": 0,
        "created_at": now,
        "updated_at": now,
    }
    if not values["name"]:
        raise Invalid(_("Please correct the marked fields."), fields={"name": _("Please enter the full name.")})
    with as_system(ctx):
        statement = (
            insert(Account).values(values).on_conflict_do_nothing(index_elements=["login"]).returning(Account.id)
        )
        account_id = ctx.session.execute(statement).scalar_one_or_none()
    if account_id is None:
        raise Conflict(_("This sign-in name is taken."))
    audit.record(ctx, "identity.account_created", target=("account", account_id))
    if person_id is not None:
        link_person(ctx, account_id, person_id)
    return account_id


def find_account(ctx: Context, login: str) -> UUID | None:
    """The account of a sign-in name, at whichever school, so that a parent needs only one."""
    ctx.require("core.accounts.manage")
    query = select(Account.id).where(Account.login == normalise_login(login))
    return ctx.session.execute(query).scalar_one_or_none()


def link_person(ctx: Context, account_id: UUID, person_id: UUID) -> None:
    """Say who an account is at the context's school.

    Raises:
        NotFound: when the school has no such person.
        Conflict: when the account is somebody else here, or the person has another account.
    """
    ctx.require("core.accounts.manage")
    known = select(Person.id).where(Person.school_id == ctx.school_id, Person.id == person_id)
    if ctx.session.execute(known).scalar_one_or_none() is None:
        raise NotFound
    values = {"account_id": account_id, "school_id": ctx.school_id, "person_id": person_id}
    ctx.session.execute(insert(AccountPerson).values(values).on_conflict_do_nothing())
    held = select(AccountPerson.person_id).where(
        AccountPerson.account_id == account_id, AccountPerson.school_id == ctx.school_id
    )
    if ctx.session.execute(held).scalar_one_or_none() != person_id:
        raise Conflict(_("The account or the person is already linked to another one."))
    audit.record(ctx, "identity.person_linked", target=("account", account_id), detail={"person": person_id})


def set_password(ctx: Context, account_id: UUID, password: str) -> None:
    """Give an account a new password; all its sessions end.

    Raises:
        NotFound: when the account is not of the context's school.
        Forbidden: when the account reaches further than the actor (another school, a higher role).
        Invalid: for a weak password.
    """
    require_manage(ctx, account_id)
    login, name = ctx.session.execute(select(Account.login, Account.name).where(Account.id == account_id)).one()
    passwords.check_new(password, login=login, name=name)
    with as_system(ctx):
        values = {"id": account_id, "hash": passwords.hash_password(password), "now": ctx.now()}
        ctx.session.execute(_PASSWORD, values)
    revoke_others(ctx, account_id)
    notices.tell(ctx, account_id, "password_reset")
    audit.record(ctx, "identity.password_reset", target=("account", account_id))


def set_active(ctx: Context, account_id: UUID, active: bool) -> None:
    """Disable an account or let it in again; disabling ends its sessions.

    Raises: as `set_password`; Conflict when one would disable oneself.
    """
    require_manage(ctx, account_id)
    if account_id == ctx.actor.account_id:
        raise Conflict(_("You cannot disable your own account."))
    with as_system(ctx):
        state = "active" if active else "disabled"
        ctx.session.execute(_STATE, {"id": account_id, "state": state, "now": ctx.now()})
    if not active:
        revoke_others(ctx, account_id)
    action = "identity.account_enabled" if active else "identity.account_disabled"
    audit.record(ctx, action, target=("account", account_id))


def accounts_of_school(
    ctx: Context, *, words: str = "", after: tuple[str, UUID] = ("", UUID(int=0)), limit: int = 50
) -> list[AccountRow]:
    """Accounts with a role or a person at the context's school, by given name; `after` is the sort key and id of
    the last row of the page before, `words` what is searched for, with or without accents.
    """
    ctx.require("core.accounts.read")
    return _rows(ctx, words=fold(words), after=after, limit=limit)


def count_accounts(ctx: Context, words: str = "") -> int:
    """How many accounts `accounts_of_school` has in all."""
    ctx.require("core.accounts.read")
    return int(ctx.session.execute(_COUNT, {"school": ctx.school_id, "words": fold(words)}).scalar_one())


def account(ctx: Context, account_id: UUID) -> AccountRow:
    """One account of the context's school.

    Raises:
        NotFound: when it is not of this school.
    """
    ctx.require("core.accounts.read")
    found = _rows(ctx, one=account_id, limit=1)
    if not found:
        raise NotFound
    return found[0]


def _rows(
    ctx: Context,
    *,
    words: str = "",
    after: tuple[str, UUID] = ("", UUID(int=0)),
    one: UUID | None = None,
    limit: int,
) -> list[AccountRow]:
    values = {
        "school": ctx.school_id,
        "now": ctx.now(),
        "words": words,
        "after_key": after[0],
        "after_id": after[1],
        "one": one,
        "limit": limit,
    }
    return [AccountRow(*row) for row in ctx.session.execute(_LIST, values)]


def require_manage(ctx: Context, account_id: UUID) -> None:
    """Let pass only for accounts of this school that reach no further than the actor.

    Raises:
        NotFound: when the account is not of the context's school.
        Forbidden: when the account reaches further than the actor (another school, a higher role).
    """
    ctx.require("core.accounts.manage")
    if ctx.school is None or ctx.actor.kind == "system":
        require_may_manage(ctx, account_id)
        return
    if ctx.session.execute(_IS_HERE, {"id": account_id, "school": ctx.school}).one_or_none() is None:
        raise NotFound
    require_may_manage(ctx, account_id)
