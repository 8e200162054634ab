"""The payment channels of the school as their settings page shows them: never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.ledger import Channel, channels
from core.sdk.payments import Field, PaymentProvider

Providers = Mapping[str, PaymentProvider]
FLOWS: dict[str, Message] = {
    "transfer": _("Bank transfer by QR code"),
    "redirect": _("Payment page of a service"),
    "notifier": _("Notices of a bank account"),
}


@dataclass(frozen=True, slots=True)
class Rail:
    """One configured channel."""

    id: UUID
    provider: str
    provider_label: Message | str
    label: str
    flow: str
    """Empty when its integration is not installed."""
    enabled: bool
    position: int
    fee_fixed: int
    fee_per_mille: int
    values: dict[str, str]
    """The settings that are no secrets."""
    secrets: frozenset[str]
    """Names of the secrets that are stored."""
    problems: dict[str, Message]
    """What its provider says of the stored settings, by field."""
    fields: tuple[Field, ...]
    account: str
    broken: bool
    """Its secrets cannot be opened any more: it takes no part until they are entered again."""

    @property
    def name(self) -> Message | str:
        return self.label or self.provider_label

    @property
    def pays(self) -> bool:
        """Whether families can choose it; the others only tell what has come in."""
        return self.flow in ("transfer", "redirect")

    @property
    def state(self) -> tuple[str, Message]:
        """Kind and word; what keeps the channel from working comes before whether it is switched on."""
        if self.broken:
            return "stop", _("Secrets unreadable")
        if not self.flow:
            return "attention", _("Not installed")
        if self.problems:
            return "attention", _("Settings incomplete")
        return ("ok", _("On")) if self.enabled else ("neutral", _("Off"))

    @property
    def flow_label(self) -> Message:
        return FLOWS.get(self.flow, _("Not installed"))


def rails(ctx: Context, providers: Providers) -> list[Rail]:
    """Every channel, the ones to offer first in front."""
    ctx.require("payments.channel.manage")
    return [_rail(channel, providers) for channel in channels.all_of(ctx)]


def rail(ctx: Context, channel_id: UUID, providers: Providers) -> Rail:
    """One channel.

    Raises:
        NotFound: no such channel at this school.
    """
    ctx.require("payments.channel.manage")
    return _rail(channels.look(ctx, channel_id), providers)


def _rail(channel: Channel, providers: Providers) -> Rail:
    provider = providers.get(channel.provider)
    secret = {f.name for f in provider.fields if f.secret} if provider else set(channel.config)
    return Rail(
        id=channel.id,
        provider=channel.provider,
        provider_label=provider.label if provider else channel.provider,
        label=channel.label,
        flow=provider.flow if provider else "",
        enabled=channel.enabled,
        position=channel.position,
        fee_fixed=channel.fee_fixed,
        fee_per_mille=channel.fee_per_mille,
        values={name: value for name, value in channel.config.items() if name not in secret},
        secrets=frozenset(name for name in secret if channel.config.get(name)),
        problems=dict(provider.check(channel.config)) if provider and not channel.broken else {},
        fields=provider.fields if provider else (),
        account=channel.merchant,
        broken=channel.broken,
    )


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account whose statements can be imported, by one of its channels."""

    channel_id: UUID
    number: str
    label: Message | str


def bank_accounts(ctx: Context, providers: Providers) -> list[BankAccount]:
    """The school's accounts, each once."""
    ctx.require("payments.statement.import")
    found: dict[str, BankAccount] = {}
    for channel in channels.all_of(ctx):
        provider = providers.get(channel.provider)
        if provider is not None and provider.flow != "redirect" and channel.merchant:
            found.setdefault(
                channel.merchant, BankAccount(channel.id, channel.merchant, channel.label or provider.label)
            )
    return list(found.values())


def services(ctx: Context, providers: Providers) -> list[BankAccount]:
    """The payment services whose day files can be imported; `number` is their name."""
    ctx.require("payments.statement.import")
    return [
        BankAccount(channel.id, channel.provider, channel.label or provider.label)
        for channel in channels.all_of(ctx)
        if (provider := providers.get(channel.provider)) is not None and provider.flow == "redirect"
    ]


def names(ctx: Context, providers: Providers) -> dict[str, Message | str]:
    """What people call each rail of the school: the number of an account, the name of a service."""
    found: dict[str, Message | str] = {}
    for channel in channels.all_of(ctx):
        provider = providers.get(channel.provider)
        service = channel.label or (provider.label if provider else channel.provider)
        found.setdefault(channel.rail, channel.merchant if channel.rail.startswith("bank:") else service)
    return found
