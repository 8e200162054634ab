"""Payments that need a decision: what happened in plain words, proposals one click away."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import cases, settlements
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.paste import read_price
from plugins.finance.services import cases as service
from plugins.finance.services import claiming, pupils, splitting

from .site import asked, blueprint, chip, faults, here, typed, uuid_of, whole

_MOST = 8
"""Pupils who share one transfer."""
RESOLUTIONS: dict[str, tuple[str, Message]] = {
    "assigned": ("ok", _("Assigned")),
    "refused": ("stop", _("To be paid back")),
    "closed": ("neutral", _("Noted")),
    "reversed": ("neutral", _("Taken back by the bank")),
    "payout": ("ok", _("Payout of a payment service")),
}


@blueprint.get("/desk")
@page("payments.case.read")
def desk(ctx: Context) -> str:
    """What waits, the newest first; what was decided is one chip away."""
    resolved, kind = asked("done") == "1", asked("kind") or None
    offset = request.args.get("from", 0, type=int)
    rows = service.open_cases(ctx, kind=kind, resolved=resolved, offset=max(offset, 0))
    counts = cases.open_counts(ctx)
    chips = [chip(service.TITLES.get(name, name), "kind", name) for name in sorted(counts)]
    return render(
        "finance/desk.html",
        rows=rows,
        count=sum(counts.values()),
        resolved=resolved,
        resolutions=RESOLUTIONS,
        chips=[*chips, chip(_("Decided"), "done", "1")],
        next=here(**{"from": str(offset + 50)}) if len(rows) == 50 else None,
    )


@blueprint.get("/desk/<uuid:case_id>")
@page("payments.case.read")
def case(ctx: Context, case_id: UUID) -> str:
    """One case."""
    return _case(ctx, case_id, {})


def _case(ctx: Context, case_id: UUID, errors: dict[str, Message]) -> str:
    found = service.case(ctx, case_id)
    shared = list(dict.fromkeys(one for text in request.values.getlist("share") if (one := uuid_of(text))))[:_MOST]
    payouts = settlements.possible(ctx, case_id) if found.open and found.in_suspense else []
    return render(
        "finance/case.html",
        case=found,
        shared=[pupils.pupil(ctx, person) for person in shared],
        parts={str(person): part for person, part in splitting.parts_for(ctx, found.amount, shared).items() if part},
        share_url=lambda person: url_for("finance.case", case_id=case_id, share=[*shared, person]),
        payouts=[p for p in payouts if p.net == found.amount],
        state=RESOLUTIONS.get(found.resolution),
        query=asked("q"),
        hits=pupils.find_pupils(ctx, asked("q"), 8),
        may=ctx.actor.has("payments.case.resolve"),
        me=ctx.actor.name,
        errors=errors,
        values=typed(),
    )


@blueprint.post("/desk/<uuid:case_id>/assign")
@page("payments.case.resolve")
def assign(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Say whose the money is."""
    person_id = uuid_of(request.form.get("person", ""))
    if person_id is None:
        return _case(ctx, case_id, {"person": _("Find the pupil first.")}), 422
    try:
        with whole(ctx):
            cases.assign(ctx, case_id, person_id)
    except Conflict as refused:
        flash("attention", refused.message)
        return redirect_to("finance.case", case_id=case_id)
    flash("ok", _("The money is assigned and pays the pupil's bills, the oldest first."))
    return redirect_to("finance.desk")


@blueprint.post("/desk/<uuid:case_id>/split")
@page("payments.case.resolve")
def split(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Give the money of one transfer to several pupils, each a part."""
    parts: dict[UUID, int] = {}
    try:
        for text in request.form.getlist("share"):
            person = uuid_of(text)
            amount, _code = read_price(request.form.get(f"amount-{text}", ""))
            if person is None or amount is None:
                message = _("Say how much each pupil gets.")
                raise Invalid(message, fields={"parts": message})
            parts[person] = amount
        with whole(ctx):
            cases.split(ctx, case_id, parts)
    except Invalid as refused:
        return _case(ctx, case_id, faults(refused)), 422
    except Conflict as refused:
        flash("attention", refused.message)
        return redirect_to("finance.case", case_id=case_id)
    flash("ok", _("The money is assigned and pays the pupil's bills, the oldest first."))
    return redirect_to("finance.desk")


@blueprint.post("/desk/<uuid:case_id>/payout")
@page("payments.case.resolve")
def settle(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Say that a transfer is what a payment service pays out."""
    form = request.form
    channel_id = uuid_of(form.get("channel", ""))
    try:
        first, last = date.fromisoformat(form.get("first", "")), date.fromisoformat(form.get("last", ""))
    except ValueError:
        return redirect_to("finance.case", case_id=case_id)
    try:
        with whole(ctx):
            if channel_id is not None:
                settlements.settle_case(ctx, case_id, channel_id, first, last)
        flash("ok", _("The payout is booked, and the fee of the service with it."))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.case", case_id=case_id)


@blueprint.post("/desk/<uuid:case_id>/own")
@page("payments.case.resolve")
def own(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Look after a case from now on."""
    try:
        settlements.take_over(ctx, case_id)
        flash("ok", _("You look after this case now."))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.case", case_id=case_id)


@blueprint.post("/desk/<uuid:case_id>/<any(refuse, close, undo):step>")
@page("payments.case.resolve")
def decide(ctx: Context, case_id: UUID, step: str) -> ResponseReturnValue:
    """Pay back, take note, or take a decision back; each with a reason."""
    reason = request.form.get("reason", "")[:500]
    try:
        with whole(ctx):
            {"refuse": cases.refuse, "close": cases.close, "undo": cases.undo}[step](ctx, case_id, reason)
            if step == "close":
                claiming.tell_answer(ctx, cases.get(ctx, case_id))
    except Invalid as refused:
        return _case(ctx, case_id, faults(refused)), 422
    except Conflict as refused:
        flash("attention", refused.message)
        return redirect_to("finance.case", case_id=case_id)
    said = {
        "refuse": _("Noted: the money is to be paid back."),
        "close": _("Noted. The case is off the list."),
        "undo": _("The decision is taken back; the case is open again."),
    }
    flash("ok", said[step])
    return redirect_to("finance.case", case_id=case_id) if step == "undo" else redirect_to("finance.desk")
