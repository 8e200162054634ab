"""“I have paid”: what the holder of a bill's link tells the school, and the answer."""

from __future__ import annotations

from datetime import timedelta

from core.sdk import Context, Message, _
from core.sdk.data import format_vnd, local_date
from core.sdk.errors import Invalid, NotFound
from core.sdk.ledger import Case, Claim, claims
from core.sdk.notify import tell_families
from plugins.finance.rules.paste import read_price

from .links import bill_by_link

_OLDEST = timedelta(days=120)


def tell(ctx: Context, token: str, *, amount: str, paid_on: str, number: str, bank: str, note: str) -> Claim:
    """Take what somebody has typed, and look for the money at once.

    Raises:
        NotFound, LinkExpired: as `bill_by_link`. Invalid: what is wrong, by field.
        Conflict: nothing is owed, or too many such messages wait already.
    """
    bill = bill_by_link(ctx, token)
    if bill.charge_id is None:
        raise NotFound()
    faults: dict[str, Message] = {}
    dong, _remark = read_price(amount[:20])
    if not dong or dong > 10**10:
        faults["amount"] = _("Enter the amount that you have transferred.")
    today = local_date(ctx.now())
    try:
        day = today.fromisoformat(paid_on)
    except ValueError:
        day = today
        faults["paid_on"] = _("This is not a date.")
    if day > today or day < today - _OLDEST:
        faults["paid_on"] = _("Give the day of the transfer, today or before.")
    if faults or not dong:
        raise Invalid(_("Some fields need another look."), fields=faults)
    tidy = [" ".join(text.split())[:80] for text in (number, bank, note)]
    return claims.claim(ctx, bill.charge_id, dong, day, number=tidy[0], bank=tidy[1], note=tidy[2])


def tell_answer(ctx: Context, case: Case) -> None:
    """A person has closed a claim: the family hears it, with the reason."""
    if case.kind != claims.KIND or case.person_id is None:
        return
    told = _("You had told us of a payment of %(amount)s. The school answers: %(reason)s",
             amount=format_vnd(case.amount), reason=case.reason)  # fmt: skip
    tell_families(ctx, [case.person_id], "finance.claim.answered", _("Answer about your payment"), told,
                  url="/finance/family", key=f"finance.claim:{case.id}")  # fmt: skip
