"""The school's side: codes for people without a password, and identities that somebody has to look at."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core import identity
from core.data.context import Context
from core.identity.oidc import codes, reviews
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.view import page
from core.types.message import _

from .enter import label_of

blueprint = Blueprint("school_identities", __name__, url_prefix="/people")
REASONS = {
    "name": _("Another name"),
    "national_id": _("Another personal identification number"),
    "tech_id": _("Another number at the national portal; signing in was refused"),
}


@blueprint.post("/accounts/<uuid:account_id>/link-code")
@page("core.accounts.manage")
def link_code(ctx: Context, account_id: UUID) -> str:
    """A code to hand over in person; it stands on this page and nowhere else."""
    code = codes.issue(ctx, account_id)
    return render("pages/external_link_code.html", account=identity.account(ctx, account_id), code=code)


@blueprint.get("/identities")
@page("core.accounts.manage")
def queue(ctx: Context) -> str:
    """What is open, oldest first."""
    found = [(review, label_of(review.provider)) for review in reviews.reviews(ctx)]
    return render("pages/external_reviews.html", reviews=found, reasons=REASONS)


@blueprint.post("/identities/<uuid:review_id>")
@page("core.accounts.manage")
def resolve(ctx: Context, review_id: UUID) -> ResponseReturnValue:
    """The same person, or not."""
    unlink = request.form.get("same") != "1"
    reviews.resolve(ctx, review_id, unlink=unlink)
    flash("ok", _("The identity no longer opens this account.") if unlink else _("Kept: it is the same person."))
    return redirect_to("school_identities.queue")
