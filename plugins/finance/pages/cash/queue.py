"""A queue of families: find or scan, choose amounts, take the notes, print all receipts. By keyboard alone."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import file_response, flash, page, redirect_to, render, see_other
from plugins.finance.pages.site import asked, blueprint, faults, typed, uuid_of, whole
from plugins.finance.rules.paste import read_price
from plugins.finance.services import cash, pupils, receipt_files

MOST = 12
"""Children of one family at the counter."""


def _people(values: list[str]) -> list[UUID]:
    found = (uuid_of(text) for text in values[:MOST])
    return list(dict.fromkeys(person for person in found if person))


def _queue_url(people: list[UUID]) -> str:
    return url_for("finance.cash_desk", p=[str(person) for person in people])


@blueprint.get("/cash")
@page("payments.cash.collect")
def cash_desk(ctx: Context) -> ResponseReturnValue:
    """The counter. What a scanner reads, or a name that only one pupil has, puts the pupil into the basket at once.

    The search box keeps the focus, so that the next scan lands there and not among the money; Enter with an empty box
    goes on to the notes.
    """
    people, words = _people(request.args.getlist("p")), asked("q", 600)
    hits: list[pupils.PupilHit] = []
    if words:
        found = cash.scanned(ctx, words)
        hits = [] if found else pupils.find_pupils(ctx, words[:60], 12)
        if len(hits) == 1:
            found = [hits[0].person_id]
        if found:
            return see_other(_queue_url([*people, *found]))
    return _desk(ctx, people, {}, hits=hits, words=words)


def _desk(
    ctx: Context,
    people: list[UUID],
    errors: dict[str, Message],
    *,
    hits: list[pupils.PupilHit] | None = None,
    words: str = "",
) -> str:
    drawer = cash.own(ctx)
    basket = cash.basket(ctx, people) if drawer and drawer.state == "open" else []
    there = [child.person_id for child in basket]
    return render(
        "finance/cash/desk.html",
        drawer=drawer,
        states=cash.STATES,
        basket=basket,
        total=sum(child.open for child in basket),
        siblings=cash.siblings(ctx, there),
        hits=[hit for hit in hits or [] if hit.person_id not in there],
        words=words,
        paying=bool(there) and not words and "q" in request.args,
        add_url=lambda person: _queue_url([*there, person]),
        drop_url=lambda person: _queue_url([one for one in there if one != person]),
        key=typed().get("key") or str(new_id()),
        values=typed(),
        errors=errors,
    )


@blueprint.post("/cash/take")
@page("payments.cash.collect")
def cash_take(ctx: Context) -> ResponseReturnValue:
    """Take the notes: a receipt for each child, and the change to give back."""
    people = _people(request.form.getlist("p"))
    try:
        shares = [cash.Share(person, _amount(f"amount-{person}")) for person in people]
        tendered = _amount("tendered") or sum(share.amount for share in shares)
        key = uuid_of(request.form.get("key", "")) or new_id()
        with whole(ctx):
            taken = cash.take(ctx, shares, tendered, key=key, note=request.form.get("note", "")[:200])
    except Invalid as refused:
        return _desk(ctx, people, faults(refused)), 422
    except Conflict as refused:
        flash("attention", refused.message)
        return see_other(_queue_url(people))
    return redirect_to("finance.cash_taken", batch_id=taken)


def _amount(name: str) -> int:
    text = request.form.get(name, "").strip()
    if not text:
        return 0
    amount, _code = read_price(text)
    if amount is None or amount < 0:
        message = _("“%(text)s” is not an amount.", text=text)
        raise Invalid(message, fields={name: message})
    return amount


@blueprint.get("/cash/taken/<uuid:batch_id>")
@page("payments.cash.collect")
def cash_taken(ctx: Context, batch_id: UUID) -> str:
    """What goes back to the family, and its receipts; Enter prints them."""
    return render("finance/cash/taken.html", batch=cash.batch(ctx, batch_id), drawer=cash.own(ctx))


@blueprint.get("/cash/taken/<uuid:batch_id>/receipts.pdf")
@page("payments.cash.collect")
def cash_receipts(ctx: Context, batch_id: UUID) -> Response:
    """All receipts of a family as one document."""
    lines = cash.batch(ctx, batch_id).lines
    content = receipt_files.receipts_pdf(ctx, [line.receipt_id for line in lines])
    name = f"bien-lai-{lines[0].receipt.replace('/', '-')}.pdf"
    return file_response(content, name, "application/pdf", inline=True)


@blueprint.post("/receipts/<uuid:receipt_id>/give-back")
@page("payments.cash.collect")
def give_cash_back(ctx: Context, receipt_id: UUID) -> ResponseReturnValue:
    """Give the cash of a receipt back out of one's own drawer."""
    try:
        with whole(ctx):
            cash.give_back(ctx, receipt_id, request.form.get("reason", "")[:200])
        flash("ok", _("Give the money back now. The receipt is cancelled, the bills are open again."))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.receipt", receipt_id=receipt_id)
