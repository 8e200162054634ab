"""Collection rounds: the list, a new one, a published one with its bills."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.web import flash, load_form, page, redirect_to, render
from plugins.finance.services import bills as bill_service
from plugins.finance.services import overview, publish
from plugins.finance.services import rounds as service

from .site import asked, blueprint, chip, faults, here, month_of, next_url, position, said, typed, uuid_of, whole

ROUND_STATES: dict[str, tuple[str, Message]] = {
    "draft": ("wait", _("In preparation")),
    "published": ("ok", _("Published")),
    "closed": ("neutral", _("Closed")),
}
_FILLED = said(required=_("Please fill in this field."), invalid=_("This is not a date."))


class RoundForm(Schema):
    """What a round is called, which month it collects, until when."""

    title = fields.String(required=True, error_messages=_FILLED)
    month = fields.String(required=True, error_messages=_FILLED)
    due_on = fields.Date(required=True, error_messages=_FILLED)
    copy_from = fields.UUID(load_default=None)


def _read() -> tuple[str, date, date, UUID | None]:
    form = load_form(RoundForm())
    period = month_of(form["month"])
    if period is None:
        message = _("Choose a month.")
        raise Invalid(message, fields={"month": message})
    return form["title"], period, form["due_on"], form["copy_from"]


@blueprint.get("/")
@page("finance.round.read")
def index(ctx: Context) -> ResponseReturnValue:
    """The module's own address leads to its first page."""
    return redirect_to("finance.rounds")


@blueprint.get("/rounds")
@page("finance.round.read")
def rounds(ctx: Context) -> str:
    """Rounds, the newest first, with what came in."""
    found = overview.round_list(ctx, after=position("rounds"))
    return render("finance/rounds.html", rows=found.rows, states=ROUND_STATES, next=next_url("rounds", found.next))


@blueprint.route("/rounds/new", methods=["GET", "POST"])
@page("finance.round.edit")
def new_round(ctx: Context) -> ResponseReturnValue:
    """First step: title, month, last day to pay, and a round to start from."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            title, period, due_on, copy_from = _read()
            with whole(ctx):
                opened = overview.open_from(ctx, title, period, due_on, copy_from)
            return redirect_to("finance.round_items", round_id=opened)
        except Invalid as refused:
            errors = faults(refused)
    values = typed() or overview.suggested(ctx)
    earlier = service.rounds(ctx, limit=12).rows
    page_ = render("finance/round_form.html", values=values, errors=errors, earlier=earlier, row=None)
    return page_, 422 if errors else 200


@blueprint.route("/rounds/<uuid:round_id>/edit", methods=["GET", "POST"])
@page("finance.round.edit")
def edit_round(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Title, month and last day of a draft."""
    row = service.round_(ctx, round_id)
    values = {"title": row.title, "month": f"{row.period:%Y-%m}", "due_on": row.due_on.isoformat()}
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            title, period, due_on, _copy = _read()
            with whole(ctx):
                service.change_round(ctx, round_id, title=title, period=period, due_on=due_on)
            return redirect_to("finance.round_items", round_id=round_id)
        except Invalid as refused:
            errors = faults(refused)
    page_ = render("finance/round_form.html", values=typed() or values, errors=errors, earlier=[], row=row)
    return page_, 422 if errors else 200


@blueprint.get("/rounds/<uuid:round_id>")
@page("finance.round.read")
def round_page(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """A published round: collected and due, by class, and its bills. A draft leads to its preview."""
    row = service.round_(ctx, round_id)
    if row.state == "draft":
        return redirect_to("finance.preview", round_id=round_id)
    chosen = bill_filter(round_id)
    found = bill_service.bills(ctx, chosen, after=position("bills"))
    whole = bill_service.BillFilter(round_id=round_id)
    return render(
        "finance/round.html",
        row=row,
        state=ROUND_STATES[row.state],
        totals=bill_service.totals(ctx, whole),
        classes=bill_service.progress_by_class(ctx, round_id),
        missing=overview.missing(ctx, round_id),
        insured=any(item.kind == "insurance" for item in service.round_items(ctx, round_id)),
        found=found,
        shown=bill_service.totals(ctx, chosen),
        next=next_url("bills", found.next),
        **bill_list_values(),
    )


def bill_filter(round_id: UUID | None = None) -> bill_service.BillFilter:
    """What the address asks of a list of bills."""
    known: bill_service.PayState | None = None
    for name in bill_service.STATE_LABELS:
        known = name if name == asked("state") else known
    round_id = round_id or uuid_of(asked("round"))
    return bill_service.BillFilter(round_id=round_id, class_name=asked("class"), state=known, search=asked("q"))


BILL_STATES: dict[str, str] = {
    "paid": "ok",
    "part": "wait",
    "open": "wait",
    "overdue": "attention",
    "cancelled": "stop",
}
"""Kind of state badge."""


def bill_list_values() -> dict[str, object]:
    """What every list of bills shows beside its rows."""
    labels = bill_service.STATE_LABELS
    return {
        "chips": [chip(label, "state", name) for name, label in labels.items()],
        "query": asked("q"),
        "class_name": asked("class"),
        "filtered": bool(asked("q") or asked("class") or asked("state")),
        "clear_url": here(q="", state="", **{"class": ""}),
        "bill_states": {name: (kind, labels[name]) for name, kind in BILL_STATES.items()},  # type: ignore[index]
    }


@blueprint.route("/rounds/<uuid:round_id>/withdraw", methods=["GET", "POST"])
@page("finance.round.publish")
def withdraw(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Take a round back while nobody has paid: the effect first, then the step."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                count = publish.withdraw(ctx, round_id, reason=request.form.get("reason", ""))
            flash("ok", _("%(count)s bills were withdrawn. The round is in preparation again.", count=count))
            return redirect_to("finance.preview", round_id=round_id)
        except Invalid as refused:
            errors = faults(refused)
    row = service.round_(ctx, round_id)
    totals = bill_service.totals(ctx, bill_service.BillFilter(round_id=round_id))
    page_ = render("finance/round_step.html", step="withdraw", row=row, totals=totals, errors=errors, values=typed())
    return page_, 422 if errors else 200


@blueprint.route("/rounds/<uuid:round_id>/close", methods=["GET", "POST"])
@page("finance.round.publish")
def close(ctx: Context, round_id: UUID) -> ResponseReturnValue:
    """Close a round: nothing is added any more, what is owed stays owed."""
    if request.method == "POST":
        service.close_round(ctx, round_id)
        flash("ok", _("The round is closed."))
        return redirect_to("finance.round_page", round_id=round_id)
    row = service.round_(ctx, round_id)
    totals = bill_service.totals(ctx, bill_service.BillFilter(round_id=round_id))
    return render("finance/round_step.html", step="close", row=row, totals=totals, errors={}, values={})
