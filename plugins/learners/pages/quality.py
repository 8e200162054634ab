"""The data quality desk: points by class, what to fix, and the way to the field and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.text import _
from core.sdk.web import Cursor, flash, page, redirect_to, render, see_other

from ..rules.quality import BY_CODE, DIMENSIONS, RULES, Rule
from ..services import quality as services
from ..services.rolls import class_of
from .blueprint import blueprint

PAGE = 50


@blueprint.get("/quality")
@page("learners.learner.edit")
def quality(ctx: Context) -> str:
    """Points of the school and of each class; what is to fix, by field."""
    lines = services.summary(ctx)
    whole = services.whole(lines, "")
    chosen = request.args.get("class", type=UUID)
    shown = next((line for line in lines if line.id == chosen), whole)
    rules = [rule for rule in RULES if shown.counts[rule.code]]
    return render(
        "learners/quality.html",
        lines=lines,
        whole=shown,
        chosen=shown.id,
        dimensions=DIMENSIONS,
        rules=sorted(rules, key=lambda rule: (not rule.must, -shown.counts[rule.code])),
        may_merge=ctx.actor.has("learners.record.merge"),
    )


@blueprint.get("/quality/list")
@page("learners.learner.edit")
def quality_list(ctx: Context) -> str:
    """The pupils whose records are to be mended."""
    code, class_id = request.args.get("rule") or None, request.args.get("class", type=UUID)
    cursor = Cursor("learners-quality")
    position = cursor.read(request.args.get("cursor"))
    after = (position[0], UUID(position[1])) if position else None
    found = services.findings(ctx, rule=code, class_id=class_id, after=after, limit=PAGE + 1)
    following = None
    if len(found) > PAGE:
        last = found[PAGE - 1]
        given: dict[str, Any] = {name: value for name, value in (("rule", code), ("class", class_id)) if value}
        following = url_for("learners.quality_list", cursor=cursor.write((last.sort_key, last.id)), **given)
    return render(
        "learners/quality_list.html",
        found=[
            (one, [(BY_CODE[c], place_of(one.id, BY_CODE[c], class_id)) for c in one.codes]) for one in found[:PAGE]
        ],
        rule=BY_CODE[code] if code else None,
        school_class=class_of(ctx, class_id) if class_id else None,
        following=following,
        first=bool(position),
    )


@blueprint.get("/quality/next")
@page("learners.learner.edit")
def quality_next(ctx: Context) -> ResponseReturnValue:
    """On to the field of the next pupil who breaks a rule; back to the desk at the end."""
    rule = BY_CODE.get(request.args.get("rule", ""))
    if rule is None:
        raise NotFound
    class_id, after = request.args.get("class", type=UUID), request.args.get("after", type=UUID)
    found = services.next_finding(ctx, rule=rule.code, class_id=class_id, after=after)
    if found is None:
        flash("ok", _("That was the last one of this list."))
        return redirect_to("learners.quality", **({"class": class_id} if class_id else {}))
    return see_other(place_of(found.id, rule, class_id))


def place_of(learner_id: UUID, rule: Rule, class_id: UUID | None) -> str:
    """The field in the form that mends a finding; the form leads on to the next one."""
    desk: dict[str, Any] = {"desk": rule.code, **({"class": class_id} if class_id else {})}
    if rule.page in ("edit", "more"):
        return url_for(f"learners.{rule.page}", learner_id=learner_id, **desk, _anchor=f"f-{rule.field}")
    if rule.page == "doubles":
        return url_for("learners.doubles", learner=learner_id)
    tab = {"family": "family", "policies": "policies", "verify": "more"}[rule.page]
    return url_for("learners.show", learner_id=learner_id, tab=tab, **desk)


def desk_or(learner_id: UUID, otherwise: str) -> ResponseReturnValue:
    """After saving: on to the next finding if the desk sent this form, else where the form leads by itself."""
    code = request.form.get("desk") or request.args.get("desk") or ""
    if code not in BY_CODE:
        return see_other(otherwise)
    class_id = request.form.get("desk_class", type=UUID) or request.args.get("class", type=UUID)
    given: dict[str, Any] = {"class": class_id} if class_id else {}
    return see_other(url_for("learners.quality_next", rule=code, after=learner_id, **given))
