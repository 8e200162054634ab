"""Drawers: open, count, confirm, and the report of the day."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import file_response, flash, page, redirect_to, render
from plugins.finance.pages.site import blueprint, faults, here, typed, uuid_of, whole
from plugins.finance.rules.notes import NOTES
from plugins.finance.rules.paste import read_price
from plugins.finance.services import cash
from plugins.finance.services.cash.closing import words_of
from plugins.finance.services.cash.report import report_pdf

_PAGE = 30


@blueprint.post("/cash/drawer")
@page("payments.cash.collect")
def open_drawer(ctx: Context) -> ResponseReturnValue:
    """Take a drawer in hand."""
    form = request.form
    try:
        with whole(ctx):
            amount, _code = read_price(form.get("opening_float", "") or "0")
            cash.open_drawer(ctx, form.get("number", 0, type=int), amount or 0)
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.cash_desk")


@blueprint.route("/cash/count", methods=["GET", "POST"])
@page("payments.cash.collect")
def count_drawer(ctx: Context) -> ResponseReturnValue:
    """Count the drawer note by note. The sum of the books is shown after the count, not before."""
    mine = cash.own(ctx)
    if mine is None:
        return redirect_to("finance.cash_desk")
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                cash.count(ctx, _counts(), request.form.get("reason", "")[:300])
            flash("ok", _("Counted. Another person confirms the day close."))
            return redirect_to("finance.drawer", drawer_id=mine.id)
        except Invalid as refused:
            errors = faults(refused)
    counted = sum(note * number for note, number in _known(typed()).items())
    page_ = render(
        "finance/cash/count.html",
        drawer=mine,
        notes=NOTES,
        values=typed() or {f"n{note}": number for note, number in mine.counts.items()},
        counted=counted,
        reason_asked="reason" in errors,
        errors=errors,
    )
    return page_, 422 if errors else 200


def _known(values: dict[str, str]) -> dict[int, int]:
    return {note: int(text) for note in NOTES if (text := values.get(f"n{note}", "").strip()).isdecimal()}


def _counts() -> dict[int, int]:
    for note in NOTES:
        text = request.form.get(f"n{note}", "").strip()
        if text and not (text.isdecimal() and len(text) <= 6):
            message = _("“%(text)s” is no number of notes.", text=text[:20])
            raise Invalid(message, fields={f"n{note}": message})
    return _known(typed())


@blueprint.post("/cash/reopen")
@page("payments.cash.collect")
def reopen_drawer(ctx: Context) -> ResponseReturnValue:
    """Take more after the count."""
    try:
        with whole(ctx):
            cash.reopen(ctx)
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.cash_desk")


@blueprint.get("/cash/drawers")
@page("finance.cash.read")
def drawers(ctx: Context) -> str:
    """Every drawer with its day close, the safe, and what is on its way to the bank."""
    rows = cash.drawers(ctx, before=uuid_of(request.args.get("before", "")), limit=_PAGE)
    deposits = cash.deposits(ctx)
    waiting = [row.amount for row in deposits if row.arrived_at is None]
    return render(
        "finance/cash/drawers.html",
        rows=rows,
        states=cash.STATES,
        safe=cash.in_safe(ctx),
        deposits=deposits,
        possible=cash.possible(ctx, waiting),
        on_the_way=sum(waiting),
        next=here(before=str(rows[-1].id)) if len(rows) == _PAGE else None,
        errors={},
        values={},
    )


@blueprint.get("/cash/drawers/<uuid:drawer_id>")
@page("finance.cash.read")
def drawer(ctx: Context, drawer_id: UUID) -> str:
    """One drawer: what went in and out, the count, who confirmed."""
    found = cash.drawer(ctx, drawer_id)
    return render(
        "finance/cash/drawer.html",
        drawer=found,
        state=cash.STATES[found.state],
        moves=cash.moves(ctx, drawer_id),
        notes=NOTES,
        difference=words_of(found.difference) if found.counted is not None else None,
        mine=found.cashier_id == ctx.actor.account_id,
    )


@blueprint.post("/cash/drawers/<uuid:drawer_id>/<any(confirm, recount):step>")
@page("finance.cash.confirm")
def drawer_step(ctx: Context, drawer_id: UUID, step: str) -> ResponseReturnValue:
    """The second person confirms, or wants another count."""
    try:
        with whole(ctx):
            if step == "confirm":
                cash.confirm(ctx, drawer_id)
                flash("ok", _("The day is closed. Nothing of it changes any more."))
            else:
                cash.send_back(ctx, drawer_id, request.form.get("reason", "")[:300])
                flash("ok", _("The cashier counts again."))
    except (Conflict, Invalid) as refused:
        flash("attention", refused.message)
    return redirect_to("finance.drawer", drawer_id=drawer_id)


@blueprint.get("/cash/drawers/<uuid:drawer_id>/report.pdf")
@page("finance.cash.read")
def drawer_report(ctx: Context, drawer_id: UUID) -> Response:
    """The report of the day to sign. Receipts by number and class: names stand on the receipts."""
    name, content = report_pdf(ctx, drawer_id)
    return file_response(content, name, "application/pdf", inline=True)
