"""Which certificate counts as whose signature: registered by the school after it was compared with the person."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import Context, _
from core.sdk import signing as ports
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.people import Person
from core.sdk.school import school_of

from ..access import SIGNERS
from ..models import Signer, SigningAccount
from ..rules import certificates
from .accounts import load_account

Listing = Callable[[], tuple[ports.Credential, ...] | ports.NoAnswer]


@dataclass(frozen=True, slots=True)
class SignerLine:
    """A registered certificate; `person_id` is None for the seal."""

    id: UUID
    kind: str
    person_id: UUID | None
    full_name: str
    account: str
    provider: str
    subject: str
    personal_id: str
    sha256: str
    valid_from: datetime
    valid_to: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ready:
    """A registered certificate with what signing by it needs."""

    id: UUID
    kind: str
    person_id: UUID | None
    name: str
    personal_id: str
    account_id: UUID
    provider_user: str
    credential: str
    certificate: bytes
    chain: tuple[bytes, ...]
    sha256: str
    max_batch: int
    valid_to: datetime


def signers(ctx: Context, *, ended: bool = False) -> list[SignerLine]:
    """The registered certificates by the name of the person, the seal first.

    Raises:
        Forbidden.
    """
    ctx.require(SIGNERS)
    columns: list[Any] = [
        Signer.id, Signer.kind, Signer.person_id, func.coalesce(Person.full_name, ""), SigningAccount.label,
        SigningAccount.provider, Signer.subject, Signer.personal_id, Signer.sha256, Signer.valid_from, Signer.valid_to,
        Signer.ended_at,
    ]  # fmt: skip
    wanted = (
        select(*columns)
        .join(SigningAccount, SigningAccount.id == Signer.account_id)
        .outerjoin(Person, Person.id == Signer.person_id)
        .where(Signer.school_id == ctx.school_id)
        .order_by(Signer.kind.desc(), Person.sort_key, Signer.registered_at.desc())
    )
    if not ended:
        wanted = wanted.where(Signer.ended_at.is_(None))
    return [SignerLine(*row) for row in ctx.session.execute(wanted)]


def ready(ctx: Context, person_id: UUID | None) -> Ready | None:
    """With what a person signs now, or with None the seal; None where nothing is registered. No permission is asked."""
    row = ctx.session.scalar(
        select(Signer).where(
            Signer.school_id == ctx.school_id,
            Signer.ended_at.is_(None),
            Signer.kind == ("seal" if person_id is None else "person"),
            Signer.person_id.is_(None) if person_id is None else Signer.person_id == person_id,
        )
    )
    return _ready(row) if row is not None else None


def ready_for(ctx: Context, person_ids: Collection[UUID]) -> dict[UUID, Ready]:
    """The same for many persons; who has no certificate is left out."""
    rows = ctx.session.scalars(
        select(Signer).where(
            Signer.school_id == ctx.school_id, Signer.ended_at.is_(None), Signer.person_id.in_(person_ids)
        )
    )
    return {row.person_id: _ready(row) for row in rows if row.person_id is not None}


def ready_by_id(ctx: Context, signer_id: UUID) -> Ready:
    """The same by its id, also one that was withdrawn since: an order that runs goes on with what it was begun with."""
    row = ctx.session.scalar(select(Signer).where(Signer.school_id == ctx.school_id, Signer.id == signer_id))
    if row is None:
        raise NotFound
    return _ready(row)


def _ready(row: Signer) -> Ready:
    chain = tuple(b64decode(one) for one in row.chain)
    return Ready(
        row.id, row.kind, row.person_id, row.subject, row.personal_id, row.account_id, row.provider_user,
        row.credential, row.certificate, chain,
        row.sha256, row.max_batch, row.valid_to,
    )  # fmt: skip


def listing(ctx: Context, account_id: UUID, provider_user: str) -> Listing:
    """The question which certificates a service holds for somebody, to be asked when no transaction is open.

    Raises:
        Forbidden, NotFound. Unavailable: the service is not installed.
    """
    ctx.require(SIGNERS)
    account = load_account(ctx, account_id)
    provider = ports.get(account.provider)
    client = ports.client(provider, account.config)
    return lambda: provider.credentials(provider_user, account.config, client)


def register(
    ctx: Context,
    person_id: UUID | None,
    account_id: UUID,
    provider_user: str,
    credential: ports.Credential,
    *,
    confirmed: bool = False,
) -> UUID:
    """Register a certificate for a person, or with None as the seal of the school; the one before ends.

    Args:
        credential: as the service has just told it.
        confirmed: the seal is made out to another name than the school's, and somebody has looked.

    Raises:
        Forbidden, NotFound. Invalid: no usable certificate, or made out to somebody else. Conflict: it is registered
            for another person.
    """
    ctx.require(SIGNERS)
    account = load_account(ctx, account_id)
    der, *chain = credential.chain
    if told := certificates.faults(der, ctx.now()):
        raise Invalid(told[0], fields={"credential": told[0]})
    found, name = certificates.holder(der), name_of(ctx, person_id)
    if not certificates.fits(found, name) and (person_id is not None or not confirmed):
        problem = _("The certificate was made out to %(holder)s, not to %(name)s.", holder=found.name, name=name)
        raise Invalid(problem, fields={"credential": problem})
    _refuse_shared(ctx, found.sha256, person_id)
    _end(ctx, Signer.person_id.is_(None) if person_id is None else Signer.person_id == person_id)
    id = new_id()
    ctx.session.add(
        Signer(
            id=id, school_id=ctx.school_id, kind="seal" if person_id is None else "person", person_id=person_id,
            account_id=account.id, provider_user=provider_user, credential=credential.id, certificate=der,
            chain=[b64encode(one).decode() for one in chain], sha256=found.sha256, subject=found.name,
            personal_id=found.personal_id, max_batch=credential.max_batch, valid_from=found.valid_from,
            valid_to=found.valid_to, registered_by=ctx.actor.name, registered_at=ctx.now(),
        )
    )  # fmt: skip
    ctx.session.flush()
    detail = {"sha256": found.sha256, "confirmed": confirmed}
    record(ctx, "transcripts.signer.registered", target=("transcripts_signer", id), detail=detail)
    return id


def withdraw(ctx: Context, signer_id: UUID) -> None:
    """Let a certificate sign nothing more; what it has signed stays signed.

    Raises:
        Forbidden, NotFound.
    """
    ctx.require(SIGNERS)
    if not _end(ctx, Signer.id == signer_id):
        raise NotFound
    record(ctx, "transcripts.signer.withdrawn", target=("transcripts_signer", signer_id))


def _end(ctx: Context, which: object) -> bool:
    statement = (
        update(Signer)
        .where(Signer.school_id == ctx.school_id, Signer.ended_at.is_(None), which)  # type: ignore[arg-type]
        .values(ended_at=ctx.now(), ended_by=ctx.actor.name)
        .returning(Signer.id)
    )
    return bool(ctx.session.execute(statement).all())


def name_of(ctx: Context, person_id: UUID | None) -> str:
    """The name that a certificate has to be made out to: of a person, or with None of the school.

    Raises:
        NotFound.
    """
    if person_id is None:
        return school_of(ctx).name
    name = ctx.session.scalar(select(Person.full_name).where(Person.school_id == ctx.school_id, Person.id == person_id))
    if name is None:
        raise NotFound
    return name


def _refuse_shared(ctx: Context, sha256: str, person_id: UUID | None) -> None:
    """One key, one signer: who signs must be told from the certificate alone."""
    rows = ctx.session.scalars(
        select(Signer.person_id).where(Signer.school_id == ctx.school_id, Signer.sha256 == sha256)
    ).all()
    if any(other != person_id for other in rows):
        raise Conflict(_("This certificate is registered for somebody else."))
