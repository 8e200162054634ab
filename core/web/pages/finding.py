"""Finding a person over the schools below an authority: for the few who may, with a reason that is kept."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core import audit, settings
from core.access.oversight import overseen
from core.data.context import Context
from core.people.everywhere import ALLOWED, FIND, LONGEST_REASON, MOST, FoundPerson, find_everywhere
from core.school import organisations
from core.sdk.web.render import render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page
from core.types.errors import Invalid, NotFound
from core.types.message import Message, _

blueprint = Blueprint("finding", __name__)


@blueprint.route("/oversight/people", methods=["GET", "POST"])
@page(FIND)
def people(ctx: Context) -> ResponseReturnValue:
    """The form, and below it who was found; what is typed never stands in an address."""
    if not settings.get(ctx, ALLOWED.key):
        return render("pages/finding.html", allowed=False), 403
    found: list[FoundPerson] | None = None
    errors: dict[str, Message] = {}
    words, reason = request.form.get("q", "").strip(), " ".join(request.form.get("reason", "").split())
    if request.method == "POST":
        try:
            found = _found(ctx, words[:200], reason[:LONGEST_REASON])
        except Invalid as refused:
            errors = dict(refused.fields)
    shown = render(
        "pages/finding.html", allowed=True, found=found, most=MOST, errors=errors, values={"q": words, "reason": reason}
    )
    return shown, 422 if errors else 200


def _found(ctx: Context, words: str, reason: str) -> list[FoundPerson]:
    if not reason:
        problem = _("Please say what you need it for.")
        raise Invalid(problem, fields={"reason": problem})
    roots = [one.id for one in overseen(ctx)]
    if not roots:
        raise NotFound
    schools = [school.id for school in organisations.schools_below(ctx, roots)]
    with runtime().db.all_schools(ctx.actor, clock=ctx.clock) as everywhere:
        found = find_everywhere(everywhere, words, schools)
        detail = {"words": words, "reason": reason, "count": len(found)}
        for root in roots:
            audit.record(everywhere, "people.looked_for", target=("organisation", root), detail=detail)
    return found
