"""Exemptions: the list, a new one, approval by a second person, an earlier end."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from core.sdk.web import flash, load_form, page, redirect_to, render, timeline_of
from plugins.finance.rules.exemptions import GROUPS
from plugins.finance.services import exemptions as service
from plugins.finance.services import pupils
from plugins.finance.services.items import items

from .site import asked, blueprint, chip, faults, next_url, position, said, typed, uuid_of, uuids, whole

_FILLED = said(required=_("Please fill in this field."), invalid=_("This is not a date."))
_NUMBER = said(
    required=_("The percentage must lie between 1 and 100."), invalid=_("The percentage must lie between 1 and 100.")
)


class ExemptionForm(Schema):
    """What an exemption must say; the service checks what it says."""

    person_id = fields.UUID(required=True, error_messages=said(required=_("Find the pupil first.")))
    percent = fields.Integer(required=True, error_messages=_NUMBER)
    group_code = fields.String(load_default="")
    reason = fields.String(load_default="")
    legal_basis = fields.String(load_default="")
    evidence = fields.String(load_default="")
    valid_from = fields.Date(required=True, error_messages=_FILLED)
    valid_to = fields.Date(required=True, error_messages=_FILLED)


@blueprint.get("/exemptions")
@page("finance.exemption.read")
def exemptions(ctx: Context) -> str:
    """Exemptions by name; those that wait for approval are one chip away."""
    after = position("exemptions")
    today = local_date(ctx.now())
    rows = service.exemptions(
        ctx,
        waiting=asked("waiting") == "1",
        valid_on=today if asked("valid") == "1" else None,
        search=asked("q"),
        after=(after[0], UUID(after[1])) if after else None,
        limit=51,
    )
    further = (rows[49].sort_key, str(rows[49].id)) if len(rows) > 50 else None
    return render(
        "finance/exemptions.html",
        rows=rows[:50],
        today=today,
        groups=GROUPS,
        items={item.id: item for item in items(ctx, with_inactive=True)},
        query=asked("q"),
        filtered=bool(asked("q") or asked("waiting") or asked("valid")),
        chips=[chip(_("Waits for approval"), "waiting", "1"), chip(_("Valid today"), "valid", "1")],
        next=next_url("exemptions", further),
    )


@blueprint.route("/exemptions/new", methods=["GET", "POST"])
@page("finance.exemption.edit")
def new_exemption(ctx: Context) -> ResponseReturnValue:
    """Find the pupil, then say what, how much, why, by which paper, until when."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with whole(ctx):
                form = load_form(ExemptionForm())
                made = service.add_exemption(ctx, service.ExemptionInput(item_ids=tuple(uuids("item_ids")), **form))
            flash("ok", _("The exemption is entered. It counts once another person has approved it."))
            return redirect_to("finance.exemption", exemption_id=made.id)
        except Invalid as refused:
            errors = faults(refused)
    chosen = uuid_of(typed().get("person_id", "") or asked("person"))
    page_ = render(
        "finance/exemption_form.html",
        items=[item for item in items(ctx) if item.kind != "donation"],
        groups=list(GROUPS.items()),
        query=asked("q"),
        hits=pupils.find_pupils(ctx, asked("q"), 8),
        chosen=pupils.pupil(ctx, chosen) if chosen else None,
        errors=errors,
        values=typed(),
        ticked=[str(item_id) for item_id in uuids("item_ids")],
    )
    return page_, 422 if errors else 200


@blueprint.get("/exemptions/<uuid:exemption_id>")
@page("finance.exemption.read")
def exemption(ctx: Context, exemption_id: UUID) -> str:
    """One exemption with its papers and history."""
    return _exemption(ctx, exemption_id, {})


def _exemption(ctx: Context, exemption_id: UUID, errors: dict[str, Message]) -> str:
    row = service.exemption(ctx, exemption_id)
    return render(
        "finance/exemption.html",
        row=row,
        today=local_date(ctx.now()),
        items={item.id: item for item in items(ctx, with_inactive=True)},
        group=GROUPS.get(row.group_code, ""),
        own=row.created_by == ctx.actor.account_id,
        history=timeline_of(ctx, ("finance_exemption", exemption_id)),
        errors=errors,
        values=typed(),
    )


@blueprint.post("/exemptions/<uuid:exemption_id>/approve")
@page("finance.exemption.approve")
def approve_exemption(ctx: Context, exemption_id: UUID) -> ResponseReturnValue:
    """The second person says yes."""
    try:
        service.approve_exemption(ctx, exemption_id)
        flash("ok", _("The exemption is approved. It counts for bills that are not out yet."))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.exemption", exemption_id=exemption_id)


@blueprint.post("/exemptions/<uuid:exemption_id>/end")
@page("finance.exemption.edit")
def end_exemption(ctx: Context, exemption_id: UUID) -> ResponseReturnValue:
    """Let it end earlier."""
    try:
        with whole(ctx):
            service.end_exemption(ctx, exemption_id, _day("valid_to"), request.form.get("reason", ""))
    except Invalid as refused:
        return _exemption(ctx, exemption_id, faults(refused)), 422
    flash("ok", _("The exemption ends earlier. Bills that are out stay as they are."))
    return redirect_to("finance.exemption", exemption_id=exemption_id)


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        message = _("This is not a date.")
        raise Invalid(message, fields={name: message}) from None
