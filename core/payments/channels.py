"""The rails that a school has configured."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update

from core import audit
from core.data.context import Context
from core.data.direct import by_name
from core.data.session import Database
from core.data.types import new_id
from core.types.actor import system_actor
from core.types.clock import Clock, utc_now
from core.types.errors import Invalid, NotFound
from core.types.message import _

from . import accounts, providers, secrets
from .models import PaymentChannel
from .port import Config, PaymentProvider

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """One rail of one school, ready to use. `config` holds the secrets in clear: never log it."""

    id: UUID
    school_id: UUID
    provider: str
    label: str
    enabled: bool
    position: int
    fee_fixed: int
    fee_per_mille: int
    account: str
    rail: str
    merchant: str
    config: Config
    broken: bool = False
    """Its secrets cannot be opened with the keys of this installation; `config` lacks them then."""

    def __repr__(self) -> str:
        return f"Channel({self.id}, {self.provider})"

    def fee(self, amount: int) -> int:
        """What the rail costs the payer for this amount, in dong, rounded up. Told before choosing, never asked."""
        return self.fee_fixed + -(-amount * self.fee_per_mille // 1000)


_COLUMNS = (
    "id, school_id, provider, label, enabled, position, fee_fixed, fee_per_mille, account, rail, merchant, "
    "config, secrets"
)
_ONE = f"SELECT {_COLUMNS} FROM core_payment_channel WHERE id = :id"  # noqa: S608
_ALL = text(
    f"SELECT {_COLUMNS} FROM core_payment_channel WHERE school_id = :school ORDER BY position, id"  # noqa: S608
)


@contextmanager
def entered(db: Database, channel_id: UUID, *, clock: Clock = utc_now) -> Iterator[tuple[Context, Channel] | None]:
    """The channel behind an address of notices, in a transaction inside its school that the question has begun.

    One trip to the database instead of a transaction of its own over all schools: a service calls hundreds of times a
    second when a round has gone out. None when there is no such channel.
    """
    connection, found = db.enter(f"SELECT core_notice_enter('{UUID(int=channel_id.int)}')")
    if found is None:
        connection.close()
        yield None
        return
    columns = json.loads(found)
    columns |= {name: UUID(columns[name]) for name in ("id", "school_id")}
    with db.entered(connection, system_actor("payments"), columns["school_id"], clock=clock) as ctx:
        yield ctx, from_row(SimpleNamespace(**columns))


def load(ctx: Context, channel_id: UUID) -> Channel:
    """A channel of this school."""
    return from_row(_one(ctx, channel_id))


def look(ctx: Context, channel_id: UUID) -> Channel:
    """A channel of this school to be shown or named, also one that is broken; `load` is for using it."""
    return _readable(_one(ctx, channel_id))


def _one(ctx: Context, channel_id: UUID) -> Row[Any]:
    row: Row[Any]
    for row in by_name(ctx, _ONE, {"id": channel_id}):
        if ctx.school is None or row.school_id == ctx.school:
            return row
    raise NotFound()


def all_of(ctx: Context) -> list[Channel]:
    """Every channel of the school, broken ones too: what pays first, as payers see it, then what only tells."""
    found = [_readable(row) for row in ctx.session.execute(_ALL, {"school": ctx.school_id})]
    return sorted(found, key=_rank)


def payable(ctx: Context) -> list[Channel]:
    """What a payer may choose from: enabled, installed, no mere notifier, secrets at hand. The transfer to the
    school's own account comes first, then what has no surcharge."""
    return [c for c in all_of(ctx) if c.enabled and not c.broken and _flow(c) in ("transfer", "redirect")]


def _flow(channel: Channel) -> str:
    """How the channel's provider works; empty when it is not installed."""
    return providers.get(channel.provider).flow if channel.provider in providers.installed() else ""


def _rank(channel: Channel) -> tuple[int, bool, int, UUID]:
    place = {"transfer": 0, "redirect": 1}.get(_flow(channel), 2)
    return place, channel.fee_fixed + channel.fee_per_mille > 0, channel.position, channel.id


def _readable(row: Row[Any]) -> Channel:
    """A channel whose secrets cannot be opened takes the others of its school nowhere."""
    try:
        return from_row(row)
    except ValueError as error:
        log.error("the secrets of payment channel %s cannot be opened: %s", row.id, error)
        return replace(_bare(row), broken=True)


def configure(
    ctx: Context,
    provider_name: str,
    config: Mapping[str, str],
    *,
    channel_id: UUID | None = None,
    label: str = "",
    enabled: bool = True,
    position: int = 100,
    fee_fixed: int = 0,
    fee_per_mille: int = 0,
) -> UUID:
    """Create a channel, or change one (secrets left empty stay as they are). Needs `payments.channel.manage`.

    Raises:
        Invalid: with the provider's words for each field that is not usable.
    """
    ctx.require("payments.channel.manage")
    provider = providers.get(provider_name)
    old = look(ctx, channel_id) if channel_id else None
    names = {f.name for f in provider.fields}
    full = {
        f.name: config.get(f.name) or (old.config.get(f.name, "") if old and f.secret else "") or f.default
        for f in provider.fields
    }
    problems = dict(provider.check(full))
    problems |= {name: _("This field is not known.") for name in config.keys() - names}
    if problems:
        raise Invalid(_("Please check the settings of the payment channel."), fields=problems)
    target_id = old.id if old else new_id()
    values = _values(provider, full, target_id)
    values |= {"label": label, "enabled": enabled, "position": position}
    values |= {"fee_fixed": fee_fixed, "fee_per_mille": fee_per_mille}
    if old is None:
        row = PaymentChannel(id=target_id, school_id=ctx.school_id, provider=provider_name, **values)
        ctx.session.add(row)
        ctx.session.flush()
    elif old.provider != provider_name:
        raise Invalid(_("A channel keeps its payment service; make a new one."))
    else:
        ctx.session.execute(update(PaymentChannel).where(PaymentChannel.id == old.id).values(**values))
    detail = {"provider": provider_name, "enabled": enabled, "fields": sorted(config)}
    audit.record(ctx, "payments.channel.configured", target=("payment_channel", target_id), detail=detail)
    return target_id


def _values(provider: PaymentProvider, config: Mapping[str, str], channel_id: UUID) -> dict[str, Any]:
    """Columns that follow from a configuration. What sees a bank account shares its account and its numbers."""
    secret = {f.name for f in provider.fields if f.secret}
    number = "".join(char for char in config.get("account_number", "") if char.isalnum()).upper()
    account = accounts.clearing(provider.name) if provider.flow == "redirect" else accounts.bank(number)
    return {
        "config": {name: value for name, value in config.items() if name not in secret},
        "secrets": secrets.seal({name: value for name, value in config.items() if name in secret}, channel_id),
        "account": account,
        "rail": provider.name if provider.flow == "redirect" else account,
        "merchant": config.get("merchant_code", "") if provider.flow == "redirect" else number,
    }


def from_row(row: Row[Any] | SimpleNamespace) -> Channel:
    """A channel from its columns, ready to use."""
    return replace(_bare(row), config={**row.config, **secrets.unseal(row.secrets, row.id)})


def _bare(row: Row[Any] | SimpleNamespace) -> Channel:
    return Channel(
        id=row.id,
        school_id=row.school_id,
        provider=row.provider,
        label=row.label,
        enabled=row.enabled,
        position=row.position,
        fee_fixed=row.fee_fixed,
        fee_per_mille=row.fee_per_mille,
        account=row.account,
        rail=row.rail,
        merchant=row.merchant,
        config=dict(row.config),
    )
