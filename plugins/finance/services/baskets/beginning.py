"""Beginning to pay several bills of one school at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, Message, _, fold
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import Offer, Started, attempts
from core.sdk.school import school_of
from plugins.finance.models import Payer
from plugins.finance.services.paying import LIFETIME

from .places import Place
from .reading import basket

_TAX_CODE = re.compile(r"\d{10}(-\d{3})?|\d{12}")
"""Of organisations (10 digits, 13 for branches) and of persons (the 12 digits of the citizen's card, since 2025)."""


@dataclass(frozen=True, slots=True)
class PayerInput:
    """Who pays instead of the guardian, as the receipt shall name them."""

    name: str = ""
    tax_code: str = ""
    address: str = ""

    def checked(self, *, required: bool = False) -> PayerInput | None:
        """The same, tidied; None when nothing was given.

        Raises:
            Invalid: what is wrong, by field.
        """
        tidy = PayerInput(*(" ".join(text.split())[:200] for text in (self.name, self.tax_code, self.address)))
        if not any((tidy.name, tidy.tax_code, tidy.address)) and not required:
            return None
        faults: dict[str, Message] = {}
        if not tidy.name:
            faults["name"] = _("Please enter the name for the receipt.")
        if tidy.tax_code and not _TAX_CODE.fullmatch(tidy.tax_code):
            faults["tax_code"] = _("A tax code has 10, 12 or 13 digits, such as 0101234567 or 0101234567-001.")
        if faults:
            raise Invalid(_("Some fields need another look."), fields=faults)
        return tidy


def begin(
    ctx: Context,
    place: Place,
    bill_ids: Collection[UUID],
    channel_id: UUID | None,
    nonce: str,
    *,
    payer: PayerInput | None = None,
    return_url: str,
    payer_ip: str,
    locale: str,
) -> tuple[Offer, Started]:
    """Begin one payment for the chosen bills of a link. The same form sent twice begins once.

    Args:
        nonce: of the form that was sent.
        payer: whom the receipt names instead of the guardian.
        return_url: where a service sends the payer back; `{reference}` in it is filled in.

    Raises:
        Invalid: no channel was chosen, it is not offered, or the payer's data are wrong; by field.
        Conflict: nothing is owed any more.
    """
    named = payer.checked() if payer else None
    found = basket(ctx, place, frozenset(bill_ids))
    if not found.chosen or not set(bill_ids) <= {bill.id for bill in found.bills}:
        raise Conflict(_("Nothing is left to pay here."), code="nothing_owed")
    offer = next((offer for offer in found.offers if offer.channel_id == channel_id), None)
    if offer is None:
        message = _("Please choose how you want to pay.")
        raise Invalid(message, fields={"channel": message})
    parts = {bill.charge_id: bill.now for bill in found.chosen if bill.now < bill.open}
    chosen = [bill.charge_id for bill in found.chosen]
    description = re.sub(r"[^a-z0-9]+", " ", fold(f"{school_of(ctx).name} {len(chosen)} phieu thu"))[:60].strip()

    def start(key: str) -> Started:
        return attempts.start(
            ctx, offer.channel_id, chosen, key=key, amounts=parts, description=description, return_url=return_url,
            payer_ip=payer_ip, locale=locale, lifetime=LIFETIME[offer.flow],
        )  # fmt: skip

    started = start(_key(place, offer.channel_id, [(bill.charge_id, bill.now) for bill in found.chosen], named, nonce))
    while started.again and started.expires_at <= ctx.now():
        started = start(f"basket:after:{started.id}")
    if not started.again and (named or place.share):
        row = {"attempt_id": started.id, "school_id": ctx.school_id, "share_id": place.share}
        told = named or PayerInput()
        values = {**row, "name": told.name, "tax_code": told.tax_code, "address": told.address}
        ctx.session.execute(insert(Payer).values(values))
    return offer, started


def _key(place: Place, channel_id: UUID, lines: list[tuple[UUID, int]], payer: PayerInput | None, nonce: str) -> str:
    """The same choice by the same form is the same payment."""
    text = repr((place, channel_id, sorted(lines), payer, nonce))
    return f"basket:{hashlib.sha256(text.encode()).hexdigest()}"
