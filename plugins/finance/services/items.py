"""The school's list of fee items and their ceilings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid, NotFound
from plugins.finance.models import Ceiling, Item, RoundItem
from plugins.finance.rules.law import KINDS, UNITS, Maximum

from ._trail import note

_CODE = re.compile(r"[a-z][a-z0-9_]{1,30}")


@dataclass(frozen=True, slots=True)
class ItemInput:
    """What a person enters. `account` may stay empty: it then follows from kind and code."""

    code: str
    label_vi: str
    label_en: str
    kind: str
    unit: str
    legal_basis: str
    account: str = ""
    vat_label: str = "not_subject"
    document: str = "receipt"
    position: int = 100
    active: bool = True

    def faults(self) -> dict[str, Message]:
        found: dict[str, Message] = {}
        if not _CODE.fullmatch(self.code):
            found["code"] = _("A code has 2 to 31 small letters, digits or underscores.")
        for name in ("label_vi", "label_en"):
            if not getattr(self, name).strip():
                found[name] = _("Please fill in this field.")
        if self.kind not in KINDS:
            found["kind"] = _("Choose a kind from the list.")
        if self.unit not in UNITS:
            found["unit"] = _("Choose a unit from the list.")
        if self.document not in ("receipt", "invoice"):
            found["document"] = _("Choose a kind from the list.")
        if not self.legal_basis.strip():
            found["legal_basis"] = _("Parents see by which act or decision the item is collected.")
        return found


def _account(entry: ItemInput) -> str:
    """Insurance and money for others never enter revenue (fees.md C4)."""
    through = entry.kind in ("insurance", "passthrough")
    if entry.account:
        if through and not entry.account.startswith("passthrough:"):
            message = _("Money for others is booked to a pass-through account, never to revenue.")
            raise Invalid(message, fields={"account": message})
        return entry.account
    return f"{'passthrough' if through else 'income'}:{entry.code}"


def items(ctx: Context, *, with_inactive: bool = False) -> list[Item]:
    """The list in its order."""
    ctx.require("finance.round.read")
    query = select(Item).order_by(Item.position, Item.code)
    return list(ctx.session.scalars(query if with_inactive else query.where(Item.active)))


def item(ctx: Context, item_id: UUID) -> Item:
    """One item.

    Raises:
        NotFound: no such item at this school.
    """
    found = ctx.session.scalar(select(Item).where(Item.id == item_id))
    if found is None:
        raise NotFound()
    return found


def save_item(ctx: Context, entry: ItemInput, item_id: UUID | None = None) -> Item:
    """Create an item, or change one. Kind and account of an item that a round uses stay as they are.

    Raises:
        Invalid: with the faults by field.
        Conflict: the code is taken, or the kind of a used item would change.
    """
    ctx.require("finance.item.edit")
    faults = entry.faults()
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)
    account = _account(entry)
    taken = ctx.session.scalar(select(Item.id).where(Item.code == entry.code))
    if taken not in (None, item_id):
        raise Conflict(_("The code “%(code)s” is taken.", code=entry.code))
    row = item(ctx, item_id) if item_id else Item()
    if item_id and (row.kind, row.account) != (entry.kind, account) and _used(ctx, item_id):
        raise Conflict(_("A round uses this item: kind and account stay as they are."))
    for name in (
        "code",
        "label_vi",
        "label_en",
        "kind",
        "unit",
        "legal_basis",
        "vat_label",
        "document",
        "position",
        "active",
    ):
        setattr(row, name, getattr(entry, name))
    row.account = account
    ctx.session.add(row)
    ctx.session.flush()
    note(ctx, "finance.item.saved", ("finance_item", row.id), {"code": row.code, "kind": row.kind})
    return row


def _used(ctx: Context, item_id: UUID) -> bool:
    return ctx.session.scalar(select(RoundItem.item_id).where(RoundItem.item_id == item_id).limit(1)) is not None


def ceilings(ctx: Context, item_id: UUID | None = None) -> list[Ceiling]:
    """The ceilings of one item or of all, newest first."""
    ctx.require("finance.round.read")
    query = select(Ceiling).order_by(Ceiling.valid_from.desc(), Ceiling.id)
    return list(ctx.session.scalars(query.where(Ceiling.item_id == item_id) if item_id else query))


def set_ceiling(
    ctx: Context,
    item_id: UUID,
    *,
    maximum: int,
    valid_from: date,
    valid_to: date | None = None,
    legal_basis: str,
) -> Ceiling:
    """Enter the highest unit price (dong) from a day on.

    Raises:
        Invalid: a negative maximum, dates in the wrong order, no legal basis.
    """
    ctx.require("finance.item.edit")
    item(ctx, item_id)
    faults: dict[str, Message] = {}
    if maximum < 0:
        faults["maximum"] = _("An amount cannot be negative.")
    if valid_to is not None and valid_to < valid_from:
        faults["valid_to"] = _("The end lies before the beginning.")
    if not legal_basis.strip():
        faults["legal_basis"] = _("Name the act or decision that sets the ceiling.")
    if faults:
        raise Invalid(_("Some fields need another look."), fields=faults)
    row = Ceiling(
        item_id=item_id,
        maximum=maximum,
        valid_from=valid_from,
        valid_to=valid_to,
        legal_basis=legal_basis.strip(),
    )
    ctx.session.add(row)
    ctx.session.flush()
    note(
        ctx,
        "finance.ceiling.set",
        ("finance_item", item_id),
        {"maximum": maximum, "from": valid_from.isoformat()},
    )
    return row


def maxima(ctx: Context, item_ids: set[UUID]) -> dict[UUID, list[Maximum]]:
    """The ceilings of several items, as the rules take them."""
    rows = ctx.session.scalars(select(Ceiling).where(Ceiling.item_id.in_(item_ids)))
    found: dict[UUID, list[Maximum]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(Maximum(row.maximum, row.valid_from, row.valid_to, row.legal_basis))
    return found
