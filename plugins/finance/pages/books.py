"""The payment books: the trial balance, and a pupil's account."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import balance_of, ledger
from core.sdk.web import flash, locale, page, redirect_to, render, runtime
from plugins.finance.services import pupils
from plugins.finance.services._trail import note
from plugins.finance.services.bills import bills_of
from plugins.finance.services.items import items

from .rounds import bill_list_values
from .site import asked, blueprint, whole

ACCOUNTS: dict[str, Message] = {
    "student_balance": _("Money of pupils not used yet"),
    "receivable:student": _("Owed by pupils"),
    "suspense:unmatched": _("Money without a name"),
    "refund_payable": _("To be paid back"),
    "provider_fee": _("Fees of payment services"),
    "chargeback": _("Taken back by banks"),
    "subsidy_receivable:state": _("Owed by the state"),
    "cash:desk": _("Cash in the safe"),
    "cash:float": _("Change money in drawers"),
    "cash:transit": _("Cash on its way to the bank"),
    "cash:difference": _("Differences of cash"),
    "income:fees": _("Income"),
    "opening": _("Opening balances"),
}
_GROUPS: dict[str, Message] = {
    "bank": _("Bank account %(name)s"),
    "clearing": _("On the way from %(name)s"),
    "income": _("Income: %(name)s"),
    "cash": _("Cash in drawer %(name)s"),
    "passthrough": _("Collected for others: %(name)s"),
    "fund": _("Donations: %(name)s"),
}
KINDS: dict[str, Message] = {
    "charges.opened": _("Bill issued"),
    "charge.cancelled": _("Bill cancelled"),
    "charges.cancelled": _("Bill cancelled"),
    "allocation": _("Pays a bill"),
    "release": _("Taken out of a bill"),
    "evidence.paid": _("Online payment"),
    "evidence.credit": _("Bank transfer"),
    "evidence.debit": _("Transfer taken back"),
    "evidence.refunded": _("Refund"),
    "cash.collected": _("Cash at the counter"),
    "cash.returned": _("Cash given back"),
    "finance.drawer.opened": _("Change money put in a drawer"),
    "finance.drawer.closed": _("Day close of a drawer"),
    "finance.deposit.handed": _("Cash handed to the bank"),
    "deposit.arrived": _("Cash arrived at the bank"),
    "assignment": _("Transfer assigned"),
    "assignment.reversed": _("Assignment taken back"),
    "refund.reserved": _("Refund under way"),
    "finance.meals": _("Meals given back"),
    "finance.opening": _("Opening balance"),
    "finance.opening.undone": _("Opening balance taken back"),
    "finance.payout.approved": _("Payout under way"),
    "finance.payout.paid": _("Money given back"),
}


def account_label(account: str, names: Mapping[str, str | Message] = {}) -> Message:  # never changed
    """An account in words; `names` are those of fee items and of payment services, by code."""
    group, _colon, name = account.partition(":")
    name = name.removeprefix("drawer-") if group == "cash" else name
    if account in ACCOUNTS:
        return ACCOUNTS[account]
    return (
        Message(_GROUPS[group].msgid, {"name": names.get(name, name)})
        if group in _GROUPS
        else Message("%(name)s", {"name": account})
    )


def account_names(ctx: Context) -> dict[str, str | Message]:
    """What fee items and payment services are called, by code."""
    services = {name: provider.label for name, provider in runtime().registry.payment_providers().items()}
    fees = {i.code: i.label_en if locale() == "en" else i.label_vi for i in items(ctx, with_inactive=True)}
    return {**services, **fees}


@blueprint.get("/books")
@page("payments.ledger.read")
def books(ctx: Context) -> str:
    """Every account with its balance; debit and credit are equal."""
    names = account_names(ctx)
    rows = [(account_label(name, names), amount) for name, amount in ledger.trial_balance(ctx).items() if amount]
    debit = sum(amount for _label, amount in rows if amount > 0)
    credit = -sum(amount for _label, amount in rows if amount < 0)
    suggested = f"{local_date(ctx.now()):%m/%Y}"
    return render("finance/books.html", rows=rows, debit=debit, credit=credit, suggested=suggested)


@blueprint.post("/books/close")
@page("payments.period.close")
def close_books(ctx: Context) -> ResponseReturnValue:
    """Close the accounting period: nothing can be booked into it any more, what comes later lands in the next one."""
    name = request.form.get("name", "").strip()[:40]
    try:
        with whole(ctx):
            if not name:
                raise Invalid(_("Give the next period a name."))
            ledger.close_period(ctx, name)
            note(ctx, "finance.period.closed", ("finance_period", ctx.school_id), {"next": name})
        flash("ok", _("The period is closed. Everything from now on lands in %(name)s.", name=name))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.books")


@blueprint.get("/accounts/<uuid:person_id>")
@page("finance.bill.read")
def account(ctx: Context, person_id: UUID) -> str:
    """A pupil's account: bills, what was paid, every movement."""
    ctx.require("finance.bill.read")
    found = pupils.pupil(ctx, person_id)
    return render(
        "finance/account.html",
        pupil=found,
        balance=balance_of(ctx, person_id),
        bills=bills_of(ctx, person_id),
        lines=[(KINDS.get(line.kind, Message(line.kind)), line) for line in ledger.statement(ctx, person_id)],
        account_label=account_label,
        tab=asked("tab") or "bills",
        **bill_list_values(),
    )
