"""The families of a class: who has joined, codes on paper, withdrawing them."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.text import _
from core.sdk.web import file_response, flash, page, redirect_to, render, runtime

from ..services import families as services
from .blueprint import blueprint


@blueprint.get("/classes/<uuid:class_id>/families")
@page("core.families.invite")
def families(ctx: Context, class_id: UUID) -> str:
    """Who has joined, who has a code."""
    return render("learners/families.html", found=services.families_of_class(ctx, class_id))


@blueprint.post("/classes/<uuid:class_id>/families")
@page("core.families.invite")
def make_codes(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Codes for those who have none."""
    count = services.make_codes(ctx, class_id)
    flash("ok", _("%(count)s codes are ready. Print the sheet and hand out the slips.", count=count))
    return redirect_to("learners.families", class_id=class_id)


@blueprint.get("/classes/<uuid:class_id>/families/sheet")
@page("core.families.invite")
def sheet(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """The slips as PDF."""
    content, name = services.sheet(ctx, class_id, runtime().base_url)
    return file_response(content, f"Phieu moi phu huynh {name}.pdf", "application/pdf")


@blueprint.post("/classes/<uuid:class_id>/families/withdraw")
@page("core.families.invite")
def withdraw(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """End the code of one family, or all of the class."""
    pupil = request.form.get("pupil", type=UUID)
    count = services.withdraw_codes(ctx, class_id, pupil)
    flash("ok", _("%(count)s codes were withdrawn. Who has joined stays.", count=count))
    return redirect_to("learners.families", class_id=class_id)
