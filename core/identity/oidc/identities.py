"""Which identities open which accounts. The key is (issuer, subject): no e-mail, no phone, no national id (L1).

A school that has a provider of its own could let it say anything. So its identities are kept apart from all others, and
they open only accounts that reach that school and nothing else: those that its administrators could take over anyway
(`access.require_may_manage`). When such an account gets a role elsewhere, the database ends its sessions of this kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.audit.canonical import clean
from core.data.context import Context
from core.data.types import new_id
from core.identity.digests import digest, digests
from core.identity.sessions import as_system
from core.settings.keys import keys
from core.types.errors import Conflict, NotAuthenticated, NotFound
from core.types.message import _

from . import reviews
from .port import PortalIdentity
from .refusal import OidcRefused

_NATIONAL = "identity.national_id"
_FIND = text(
    "SELECT i.id, i.account_id, i.tech_id, i.full_name, a.state, a.name FROM core_external_identity i"
    " JOIN core_account a ON a.id = i.account_id WHERE i.issuer = :issuer AND i.subject = :subject"
    " AND i.school_id IS NOT DISTINCT FROM CAST(:school AS uuid) FOR UPDATE OF i"
)
# Locked against a role that is given at this moment: it waits, and its trigger then sees the session.
_LOCK = text("SELECT 1 FROM core_account WHERE id = :account FOR UPDATE")
_ELSEWHERE = text(
    "SELECT EXISTS (SELECT FROM core_grant WHERE account_id = :account AND school_id IS DISTINCT FROM :school"
    " AND (valid_until IS NULL OR valid_until > :now))"
    " OR EXISTS (SELECT FROM core_account_person WHERE account_id = :account AND school_id <> :school)"
    " OR EXISTS (SELECT FROM core_oversight WHERE account_id = :account"
    " AND (valid_until IS NULL OR valid_until > :now))"
)
_ADD = text(
    "INSERT INTO core_external_identity (id, account_id, school_id, provider, issuer, subject, tech_id, full_name,"
    " birth_date, idp, assurance, linked_at) VALUES (:id, :account, :school, :provider, :issuer, :subject, :tech_id,"
    " :full_name, :birth_date, :idp, :assurance, :now) ON CONFLICT (school_id, issuer, subject) DO NOTHING RETURNING id"
)
_TOUCH = text(
    "UPDATE core_external_identity SET last_used_at = :now, full_name = :full_name, birth_date = :birth_date,"
    " idp = :idp, assurance = :assurance, tech_id = :tech_id WHERE id = :id"
)
_MINE = text(
    "SELECT id, provider, full_name, assurance, linked_at, last_used_at FROM core_external_identity"
    " WHERE account_id = :account ORDER BY linked_at, id"
)
_ONLY_WAY = text(
    "SELECT 1 FROM core_account a WHERE a.id = :account AND a.password_hash IS NULL"
    " AND NOT EXISTS (SELECT FROM core_passkey k WHERE k.account_id = a.id)"
    " AND (SELECT count(*) FROM core_external_identity i WHERE i.account_id = a.id) = 1"
)
_UNLINK = text("DELETE FROM core_external_identity WHERE id = :id AND account_id = :account RETURNING provider")
_NUMBER = text("SELECT id, digest, sealed FROM core_national_id WHERE identity_id = :identity AND until IS NULL")
_NUMBER_OVER = text("UPDATE core_national_id SET until = :now WHERE identity_id = :identity AND until IS NULL")
_NUMBER_ADD = text(
    "INSERT INTO core_national_id (id, identity_id, digest, sealed, since)"
    " VALUES (:id, :identity, :digest, :sealed, :now)"
)
_BY_NUMBER = text(
    "SELECT DISTINCT i.account_id FROM core_national_id n JOIN core_external_identity i ON i.id = n.identity_id"
    " WHERE n.digest = ANY(:digests)"
    " AND (EXISTS (SELECT FROM core_grant g WHERE g.account_id = i.account_id AND g.school_id = :school)"
    " OR EXISTS (SELECT FROM core_account_person p WHERE p.account_id = i.account_id AND p.school_id = :school))"
)


@dataclass(frozen=True, slots=True)
class Known:
    """An identity that opens an account."""

    id: UUID
    account_id: UUID
    account_name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """One of a person's own identities, for the account page."""

    id: UUID
    provider: str
    full_name: str
    assurance: str
    linked_at: datetime
    last_used_at: datetime | None


def recognise(ctx: Context, who: PortalIdentity, school: UUID | None = None) -> Known | None:
    """The account that an identity opens; None when it opens none.

    In a context over all schools.

    Args:
        school: the school whose own provider says so.

    Raises:
        OidcRefused: when the account is locked, the portal's TechID is another one than before, or a school's own
            provider speaks of an account that reaches further.
    """
    row = ctx.session.execute(_FIND, _key(who, school)).one_or_none()
    if row is None:
        return None
    if row.state != "active":
        raise OidcRefused("account")
    if _reaches_further(ctx, row.account_id, school):
        raise OidcRefused("elsewhere")
    if row.tech_id and who.tech_id and row.tech_id != who.tech_id:
        raise OidcRefused("tech_id")
    values = {**_facts(who), "id": row.id, "tech_id": who.tech_id or row.tech_id, "now": ctx.now()}
    ctx.session.execute(_TOUCH, values)
    _number(ctx, row.id, row.account_id, who.national_id)
    if who.full_name and who.full_name != row.full_name:
        reviews.compare_names(ctx, row.id, row.account_id, who.full_name, row.name)
    return Known(row.id, row.account_id, row.name)


def doubt_tech_id(ctx: Context, who: PortalIdentity, school: UUID | None = None) -> None:
    """Tell the school that an identity came back as somebody else."""
    row = ctx.session.execute(_FIND, _key(who, school)).one_or_none()
    if row is not None:
        reviews.open_review(ctx, row.id, row.account_id, "tech_id")


def link(
    ctx: Context, account_id: UUID, account_name: str, provider: str, who: PortalIdentity, school: UUID | None = None
) -> Known:
    """Let an identity open an account from now on, in a context over all schools.

    Whoever calls has made sure of both ends: the provider's proof, and a fresh proof to us or a code of the school
    (L2).

    Args:
        school: the school whose own provider it is.

    Raises:
        Conflict: when the identity opens another account already, or the account reaches further than the school.
    """
    if _reaches_further(ctx, account_id, school):
        raise Conflict(_("This account opens other schools too, so a school's own provider cannot open it."))
    values = {**_facts(who), "id": new_id(), "account": account_id, "provider": provider, "tech_id": who.tech_id}
    keyed = {**values, **_key(who, school), "now": ctx.now()}
    made: UUID | None = ctx.session.execute(_ADD, keyed).scalar_one_or_none()
    if made is None:
        known = recognise(ctx, who, school)
        if known is None or known.account_id != account_id:
            raise Conflict(_("This identity opens another account already."))
        return known
    _number(ctx, made, account_id, who.national_id)
    reviews.compare_names(ctx, made, account_id, who.full_name, account_name)
    audit.record(ctx, "identity.linked", target=("account", account_id), detail={"provider": provider})
    return Known(made, account_id, account_name)


def linked(ctx: Context) -> list[Linked]:
    """The actor's own identities."""
    me = _me(ctx)
    with as_system(ctx):
        return [Linked(*row) for row in ctx.session.execute(_MINE, {"account": me})]


def unlink(ctx: Context, identity_id: UUID) -> None:
    """Take one of the actor's own identities off their account; sessions that it opened go on.

    Raises:
        NotFound: when it is not theirs.
        StepUp: when the actor has not proved who they are lately.
        Conflict: when nothing else opens the account.
    """
    ctx.require_fresh()
    me = _me(ctx)
    with as_system(ctx):
        only = ctx.session.execute(_ONLY_WAY, {"account": me}).one_or_none() is not None
    if only:
        raise Conflict(_("This is the only way into the account. Set a password first."))
    with as_system(ctx):
        provider = ctx.session.execute(_UNLINK, {"id": identity_id, "account": me}).scalar_one_or_none()
    if provider is None:
        raise NotFound
    audit.record(ctx, "identity.unlinked", target=("account", me), detail={"provider": provider})


def accounts_by_national_id(ctx: Context, number: str) -> list[UUID]:
    """Accounts of the context's school whose identity carries, or carried, a national id. To match once, by staff."""
    ctx.require("core.accounts.manage")
    values = {"digests": digests(_NATIONAL, _digits(number)), "school": ctx.school_id}
    with as_system(ctx):
        return list(ctx.session.execute(_BY_NUMBER, values).scalars())


def _number(ctx: Context, identity_id: UUID, account_id: UUID, number: str) -> None:
    """Keep a national id with its history (L4); nine digits that become twelve are no surprise, anything else is."""
    number = _digits(number)
    if not number:
        return
    held: Sequence[Row[tuple[UUID, bytes, str]]] = ctx.session.execute(_NUMBER, {"identity": identity_id}).all()
    if any(row.digest in digests(_NATIONAL, number) for row in held):
        return
    ctx.session.execute(_NUMBER_OVER, {"identity": identity_id, "now": ctx.now()})
    made = new_id()
    values = {
        "id": made,
        "identity": identity_id,
        "digest": digest(_NATIONAL, number),
        "sealed": keys().seal(number, f"national_id:{made}"),
        "now": ctx.now(),
    }
    ctx.session.execute(_NUMBER_ADD, values)
    before = [len(keys().unseal(row.sealed, f"national_id:{row.id}")) for row in held]
    if before and (before, len(number)) != ([9], 12):
        reviews.open_review(ctx, identity_id, account_id, "national_id")


def _key(who: PortalIdentity, school: UUID | None) -> dict[str, object]:
    return {"issuer": who.issuer, "subject": who.subject, "school": school}


def _reaches_further(ctx: Context, account_id: UUID, school: UUID | None) -> bool:
    if school is None:
        return False
    ctx.session.execute(_LOCK, {"account": account_id})
    values = {"account": account_id, "school": school, "now": ctx.now()}
    return bool(ctx.session.execute(_ELSEWHERE, values).scalar_one())


def _facts(who: PortalIdentity) -> dict[str, object]:
    return {
        "full_name": clean(who.full_name[:200]),
        "birth_date": who.birth_date,
        "idp": clean(who.idp[:100]),
        "assurance": clean(who.assurance[:100]),
    }


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isascii() and c.isdigit())[:20]


def _me(ctx: Context) -> UUID:
    if ctx.actor.account_id is None:
        raise NotAuthenticated
    return ctx.actor.account_id
