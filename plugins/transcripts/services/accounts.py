"""The accounts at signing services: fields as the provider wants them, secrets sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, _
from core.sdk import signing as ports
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.settings import keys

from ..access import SIGNERS
from ..models import SigningAccount


@dataclass(frozen=True, slots=True)
class Account:
    """An account, ready to use. `config` holds the secrets in clear: never log it."""

    id: UUID
    provider: str
    label: str
    active: bool
    config: ports.Config = field(repr=False)


def accounts(ctx: Context) -> list[Account]:
    """The accounts of the school by their names, for those who manage signers.

    Raises:
        Forbidden.
    """
    ctx.require(SIGNERS)
    rows = ctx.session.scalars(
        select(SigningAccount).where(SigningAccount.school_id == ctx.school_id).order_by(SigningAccount.label)
    )
    return [_opened(row) for row in rows]


def load_account(ctx: Context, account_id: UUID) -> Account:
    """An account for using it; the caller has asked who asks.

    Raises:
        NotFound.
    """
    row = ctx.session.scalar(
        select(SigningAccount).where(SigningAccount.school_id == ctx.school_id, SigningAccount.id == account_id)
    )
    if row is None:
        raise NotFound
    return _opened(row)


def configure(
    ctx: Context,
    provider_name: str,
    label: str,
    config: Mapping[str, str],
    *,
    account_id: UUID | None = None,
    active: bool = True,
) -> UUID:
    """Make an account or change one; secrets left empty stay as they are.

    Raises:
        Forbidden, NotFound. Unavailable: no such provider. Invalid: with the provider's words for each field.
    """
    ctx.require(SIGNERS)
    provider = ports.get(provider_name)
    old = load_account(ctx, account_id) if account_id else None
    if old is not None and old.provider != provider_name:
        raise Invalid(_("An account keeps its signing service; make a new one."))
    known = {one.name: one for one in provider.fields}
    full = {
        name: config.get(name) or (old.config.get(name, "") if old and one.secret else "") or one.default
        for name, one in known.items()
    }
    problems = dict(provider.check(full))
    problems |= {name: _("This field is not known.") for name in config.keys() - known.keys()}
    if not label.strip():
        problems["label"] = _("Please give it a name.")
    if problems:
        raise Invalid(_("Please correct the marked fields."), fields=problems)
    id = old.id if old else new_id()
    secret = {name: value for name, value in full.items() if known[name].secret}
    values = {
        "label": label.strip(),
        "active": active,
        "config": {name: value for name, value in full.items() if name not in secret},
        "secrets": keys().seal(json.dumps(secret), _place(id)) if secret else "",
    }
    if old is None:
        ctx.session.add(SigningAccount(id=id, school_id=ctx.school_id, provider=provider_name, **values))
        ctx.session.flush()
    else:
        mine = SigningAccount.school_id == ctx.school_id, SigningAccount.id == id
        ctx.session.execute(update(SigningAccount).where(*mine).values(**values))
    detail = {"provider": provider_name, "fields": sorted(config), "active": active}
    record(ctx, "transcripts.account.configured", target=("transcripts_account", id), detail=detail)
    return id


def _opened(row: SigningAccount) -> Account:
    secret = json.loads(keys().unseal(row.secrets, _place(row.id))) if row.secrets else {}
    config = {str(name): str(value) for name, value in {**row.config, **secret}.items()}
    return Account(row.id, row.provider, row.label, row.active, config)


def _place(account_id: UUID) -> str:
    return f"transcripts_account:{account_id}"
