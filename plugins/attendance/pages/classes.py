"""A class in a month, and its totals."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid
from core.sdk.school import terms
from core.sdk.text import _
from core.sdk.web import export_door, flash, page, redirect_to, render
from plugins.curriculum import public as curriculum
from plugins.learners import public as learners

from ..access import READ, TYPE
from ..services import overview, typed
from ..services.days import today
from ..services.totals import by_term, year_of
from .blueprint import blueprint, day_of


@blueprint.get("/classes/<uuid:class_id>/month")
@page("attendance.register.read")
def month(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """The month sheet: pupils down, days across; on screen or, through the door for files, on paper."""
    text = request.args.get("m", "")
    first = (day_of(f"{text}-01") if text else today(ctx)).replace(day=1)
    sheet, paper = overview.month(ctx, class_id, first), request.args.get("paper") == "1"
    if paper:
        label = _("Month sheet of class %(name)s", name=sheet.class_name)
        members = [line.id for line in sheet.lines]
        door = export_door(ctx, "attendance.month", label, persons=members, data_classes={"identity", "results"})
        if door is not None:
            return door
    return render(
        "attendance/month_paper.html" if paper else "attendance/month.html",
        sheet=sheet,
        month=first.strftime("%Y-%m"),
        class_id=class_id,
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=_after(first, today(ctx)),
    )


def _after(first: date, now: date) -> str | None:
    following = (first + timedelta(days=32)).replace(day=1)
    return following.strftime("%Y-%m") if following <= now else None


@blueprint.get("/classes/<uuid:class_id>/totals")
@page("attendance.register.read")
def class_totals(ctx: Context, class_id: UUID) -> str:
    """Absences of the pupils of a class by term, and the fields to type them."""
    return _totals(ctx, class_id, {})


def _totals(ctx: Context, class_id: UUID, errors: dict[str, object]) -> str:
    curriculum.require_class(ctx, READ, class_id)
    found = learners.class_of(ctx, class_id)
    spans = terms(ctx, found.year_id)
    held = [term.number for term in spans]
    text = request.values.get("term", "")
    begun = [term.number for term in spans if term.starts_on <= today(ctx)]
    term = int(text) if text in map(str, held) else max(begun, default=0)
    parts = by_term(ctx, class_id=class_id, year_id=found.year_id)
    members = learners.class_list(ctx, class_id)
    return render(
        "attendance/totals.html",
        found=found,
        terms=held,
        term=term,
        members=members,
        totals=parts.get(term, {}),
        whole={member.id: year_of(parts, member.id) for member in members},
        typed=typed.typed(ctx, class_id, term) if term else {},
        may_type=bool(term) and curriculum.may_class(ctx, TYPE, class_id),
        errors=errors,
    )


@blueprint.post("/classes/<uuid:class_id>/totals")
@page("attendance.total.edit")
def save_totals(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Keep typed totals; empty fields leave the count to the registers."""
    text = request.form.get("term", "")
    values: dict[UUID, tuple[int, int] | None] = {}
    errors: dict[str, object] = {}
    for member in learners.class_list(ctx, class_id):
        pair = [request.form.get(f"{kind}_{member.id}", "").strip() for kind in ("excused", "unexcused")]
        if not any(pair):
            values[member.id] = None
        elif all(part.isdecimal() and len(part) < 4 for part in (number or "0" for number in pair)):
            values[member.id] = (int(pair[0] or 0), int(pair[1] or 0))
        else:
            errors[str(member.id)] = _("Please type a number from 0 to 400.")
    try:
        if errors:
            raise Invalid(_("Please check the marked fields."), fields=errors)  # type: ignore[arg-type]
        changed = typed.type_totals(ctx, class_id, int(text) if text.isdecimal() and len(text) < 3 else 0, values)
    except Invalid as refused:
        return _totals(ctx, class_id, dict(refused.fields)), 422
    flash("ok", _("Totals of %(count)s pupils were changed.", count=changed))
    return redirect_to("attendance.class_totals", class_id=class_id, term=text)
