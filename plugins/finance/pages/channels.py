"""Payment channels: which there are, how they are set up, what the provider needs to be told."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.ledger import channels as service
from core.sdk.payments import Looking, PaymentProvider, Returning
from core.sdk.web import flash, page, redirect_to, render, runtime
from plugins.finance.rules.paste import read_price
from plugins.finance.services.rails import FLOWS, Rail, rail, rails

from .site import asked, blueprint, faults, typed, whole


@blueprint.get("/channels")
@page("payments.channel.manage")
def channels(ctx: Context) -> str:
    """The channels in the order in which parents see them."""
    providers = runtime().registry.payment_providers()
    return render("finance/channels.html", rows=rails(ctx, providers), providers=providers, flows=FLOWS)


@blueprint.route("/channels/new", methods=["GET", "POST"])
@page("payments.channel.manage")
def new_channel(ctx: Context) -> ResponseReturnValue:
    """Choose the service, then fill in what it needs."""
    providers = runtime().registry.payment_providers()
    provider = providers.get(asked("provider") or request.form.get("provider", ""))
    if provider is None:
        return render("finance/channel_new.html", providers=providers, flows=FLOWS)
    return _form(ctx, provider, None)


@blueprint.route("/channels/<uuid:channel_id>", methods=["GET", "POST"])
@page("payments.channel.manage")
def channel(ctx: Context, channel_id: UUID) -> ResponseReturnValue:
    """One channel: its state, its notice address, its settings."""
    providers = runtime().registry.payment_providers()
    found = rail(ctx, channel_id, providers)
    provider = providers.get(found.provider)
    if provider is None:
        flash("attention", _("The payment service %(name)s is not installed.", name=found.provider))
        return redirect_to("finance.channels")
    return _form(ctx, provider, found)


def _form(ctx: Context, provider: PaymentProvider, found: Rail | None) -> ResponseReturnValue:
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                made = _save(ctx, provider, found)
            flash("ok", _("The channel is saved and its settings are usable."))
            return redirect_to("finance.channel", channel_id=made)
        except Invalid as refused:
            errors = faults(refused)
    page_ = render(
        "finance/channel.html",
        provider=provider,
        rail=found,
        flow=FLOWS[provider.flow],
        addresses=_addresses(provider, found) if found else [],
        values=typed() or _stored(provider, found),
        errors=errors,
    )
    return page_, 422 if errors else 200


def _addresses(provider: PaymentProvider, found: Rail) -> list[tuple[Message, str]]:
    """What the service has to be told: where it sends notices, asks for bills, sends payers back by a form."""
    base, kinds = runtime().base_url, list[tuple[Message, str]]()
    if provider.flow != "transfer":
        kinds.append((_("Address for notices"), "notices"))
    if isinstance(provider, Looking):
        kinds.append((_("Address for bill lookups"), "lookups"))
    if isinstance(provider, Returning):
        kinds.append((_("Address for payers who come back"), "returns"))
    return [(label, f"{base}/{kind}/{found.id}") for label, kind in kinds]


def _save(ctx: Context, provider: PaymentProvider, found: Rail | None) -> UUID:
    form = request.form
    config = {field.name: form.get(f"c_{field.name}", "").strip() for field in provider.fields}
    try:
        return service.configure(
            ctx,
            provider.name,
            config,
            channel_id=found.id if found else None,
            label=form.get("label", "").strip()[:100],
            enabled=form.get("enabled") == "1",
            position=_whole(form.get("position", ""), "position", 9999),
            fee_fixed=_fee(form.get("fee_fixed", "")),
            fee_per_mille=_whole(form.get("fee_per_mille", ""), "fee_per_mille", 1000),
        )
    except Invalid as refused:
        known = {field.name for field in provider.fields}
        fields = {f"c_{name}" if name in known else name: said for name, said in refused.fields.items()}
        raise Invalid(refused.message, fields=fields) from refused


def _whole(text: str, name: str, most: int) -> int:
    bare = text.strip() or "0"
    if bare.isdecimal() and int(bare) <= most:
        return int(bare)
    raise Invalid(_("This is not a whole number."), fields={name: _("This is not a whole number.")})


def _fee(text: str) -> int:
    bare = text.replace(".", "").strip()
    amount = int(bare) if bare.isdecimal() and len(bare) < 7 else read_price(text)[0] if bare else 0
    if amount is None:
        message = _("“%(text)s” is not an amount.", text=text)
        raise Invalid(message, fields={"fee_fixed": message})
    return amount


def _stored(provider: PaymentProvider, found: Rail | None) -> dict[str, str]:
    if found is None:
        values = {f"c_{field.name}": field.default for field in provider.fields if not field.secret}
        return values | {"enabled": "1", "position": "100", "fee_fixed": "0", "fee_per_mille": "0", "label": ""}
    values = {f"c_{name}": value for name, value in found.values.items()}
    return values | {
        "label": found.label,
        "enabled": "1" if found.enabled else "",
        "position": str(found.position),
        "fee_fixed": str(found.fee_fixed),
        "fee_per_mille": str(found.fee_per_mille),
    }
