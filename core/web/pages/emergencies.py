"""Opening a record in an emergency, and reviewing that it was one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.disclosure import emergency
from core.disclosure.access import OPEN, REVIEW
from core.disclosure.people import function_of
from core.sdk.web.parts import person_page
from core.sdk.web.render import flash, redirect_to, render, see_other
from core.sdk.web.view import page
from core.types.errors import Invalid
from core.types.message import Message, _

blueprint = Blueprint("emergencies", __name__)


@blueprint.get("/emergency")
@page(OPEN)
def ask(ctx: Context) -> str:
    """Whose record, and why."""
    return _form(ctx, request.args.get("q", ""), {})


def _form(ctx: Context, name: str, errors: dict[str, Message]) -> str:
    """Only persons with a page of their own that opens: pupils, and not their families."""
    name = name.strip()[:100]
    allowed = emergency.may_open(ctx)
    found = [c for c in emergency.find(ctx, name) if person_page(ctx, c.id)] if allowed and name else []
    return render(
        "pages/emergency.html",
        allowed=allowed,
        name=name,
        found=found,
        errors=errors,
        reason=request.form.get("reason", ""),
        chosen=request.form.get("person", str(found[0].id) if len(found) == 1 else None),
        running=[(case, person_page(ctx, case.person_id)) for case in emergency.own_open(ctx)],
        shortest=emergency.SHORTEST_REASON,
    )


@blueprint.post("/emergency")
@page(OPEN)
def open_record(ctx: Context) -> ResponseReturnValue:
    """Open it. Head and family are told at once."""
    person_id = request.form.get("person", type=UUID)
    try:
        if person_id is None or (where := person_page(ctx, person_id)) is None:
            raise Invalid(_("Please check the marked fields."), fields={"person": _("Choose whose record it is.")})
        emergency.open_record(ctx, person_id, request.form.get("reason", ""))
    except Invalid as refused:
        return _form(ctx, request.form.get("q", ""), refused.fields), 422
    flash("attention", _("The record is open. The head of the school and the family were told."))
    return see_other(where)


@blueprint.post("/emergency/<uuid:case_id>/close")
@page(OPEN)
def close(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """End one's own access before its time."""
    emergency.close(ctx, case_id)
    flash("ok", _("Your access to this record has ended."))
    return redirect_to("home.start")


@blueprint.get("/emergencies")
@page(REVIEW)
def cases(ctx: Context) -> str:
    """Cases, those first that wait for a review."""
    return _cases(ctx, {}, None)


def _cases(ctx: Context, errors: dict[str, Message], case_id: UUID | None) -> str:
    return render(
        "pages/emergencies.html",
        cases=[
            (case, url_for("readers.person", person_id=case.person_id), emergency.verdict(case.justified))
            for case in emergency.cases(ctx)
        ],
        mine=ctx.actor.account_id,
        errors=errors,
        failed=case_id,
        function_of=function_of,
    )


@blueprint.post("/emergencies/<uuid:case_id>")
@page(REVIEW)
def review(ctx: Context, case_id: UUID) -> ResponseReturnValue:
    """Close a case with a remark."""
    try:
        verdict = request.form.get("verdict")
        if verdict not in ("yes", "no"):
            raise Invalid(_("Please check the marked fields."), fields={"verdict": _("Choose one of the values.")})
        emergency.review(ctx, case_id, justified=verdict == "yes", remark=request.form.get("remark", ""))
    except Invalid as refused:
        return _cases(ctx, refused.fields, case_id), 422
    flash("ok", _("The case is closed."))
    return redirect_to("emergencies.cases")
