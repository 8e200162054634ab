"""Further fields of the record, numbers of a pupil, verification, policy groups with their papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import TruongError
from core.sdk.text import Message, _
from core.sdk.web import file_response, flash, page, redirect_to, render, see_other

from .. import sensitive
from ..rules.fields import FIELDS, GROUPS, NO, YES, ProfileField
from ..services import learners as services
from ..services import policies, profiles
from ..services.evidence import keep_paper, open_paper
from .blueprint import blueprint
from .forms import day, errors_of, upload
from .quality import desk_or


def choices_of(one: ProfileField) -> list[tuple[str, Message]]:
    """What can be chosen for a field that is no text."""
    return [("1", YES), ("0", NO)] if one.kind == "flag" else list(one.choices.items())


def form_value(one: ProfileField, value: Any) -> str:
    """A stored value as the form sends it back."""
    if value is None:
        return ""
    return str(int(value)) if one.kind == "flag" else str(value)


def _form(ctx: Context, learner_id: UUID, values: dict[str, Any], errors: dict[str, Any]) -> str:
    return render(
        "learners/more_form.html",
        learner=services.get_learner(ctx, learner_id),
        groups=[(label, [one for one in FIELDS if one.group == name]) for name, label in GROUPS.items()],
        choices_of=choices_of,
        values=values,
        errors=errors,
        desk=request.args.get("desk"),
        desk_class=request.args.get("class"),
    )


@blueprint.get("/<uuid:learner_id>/more")
@page("learners.learner.edit")
def more(ctx: Context, learner_id: UUID) -> str:
    """The form of the further fields; who enters them has to see them, and the family reads it."""
    values = profiles.profile_of(ctx, learner_id)
    sensitive.shown(ctx, learner_id, {}, purpose="record")
    return _form(ctx, learner_id, {one.name: form_value(one, values[one.name]) for one in FIELDS}, {})


@blueprint.post("/<uuid:learner_id>/more")
@page("learners.learner.edit")
def save_more(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Change the further fields."""
    try:
        profiles.update_profile(ctx, learner_id, {one.name: request.form.get(one.name, "") for one in FIELDS})
    except TruongError as error:
        return _form(ctx, learner_id, dict(request.form), errors_of(error)), 422
    flash("ok", _("The changes were saved."))
    return desk_or(learner_id, url_for("learners.show", learner_id=learner_id, tab="more"))


@blueprint.post("/<uuid:learner_id>/verify")
@page("learners.learner.edit")
def verify(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Say that the record was compared with papers."""
    return _do(
        learner_id,
        "more",
        lambda: profiles.verify(
            ctx, learner_id, request.form.get("checked", ""), request.form.get("checked_against", "")
        ),
    )


@blueprint.post("/<uuid:learner_id>/numbers")
@page("learners.learner.edit")
def add_number(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Enter a number under which the pupil is or was known."""
    form = request.form
    return _do(
        learner_id,
        "more",
        lambda: profiles.add_identifier(
            ctx, learner_id, form.get("scheme", ""), form.get("value", ""), valid_from=day("valid_from"),
            valid_to=day("valid_to"), note=form.get("note", ""),
        ),
    )  # fmt: skip


@blueprint.post("/<uuid:learner_id>/numbers/<uuid:identifier_id>/remove")
@page("learners.learner.edit")
def remove_number(ctx: Context, learner_id: UUID, identifier_id: UUID) -> ResponseReturnValue:
    """Take out a number that was entered by mistake."""
    return _do(learner_id, "more", lambda: profiles.remove_identifier(ctx, learner_id, identifier_id))


@blueprint.post("/<uuid:learner_id>/policies")
@page("learners.learner.edit")
def add_policy(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Enter a policy group with its paper."""
    form = request.form
    return _do(
        learner_id,
        "policies",
        lambda: policies.add_policy(
            ctx, learner_id, form.get("name", ""), day("valid_from"), day("valid_to"),
            document=form.get("document", ""), file_id=keep_paper(ctx, *upload("paper")),
        ),
    )  # fmt: skip


@blueprint.post("/<uuid:learner_id>/policies/<uuid:policy_id>/verify")
@page("learners.learner.edit")
def verify_policy(ctx: Context, learner_id: UUID, policy_id: UUID) -> ResponseReturnValue:
    """Say that the paper of a policy group was seen."""
    return _do(learner_id, "policies", lambda: policies.verify_policy(ctx, learner_id, policy_id))


@blueprint.post("/<uuid:learner_id>/policies/<uuid:policy_id>/end")
@page("learners.learner.edit")
def end_policy(ctx: Context, learner_id: UUID, policy_id: UUID) -> ResponseReturnValue:
    """Say until when a policy group holds."""
    return _do(learner_id, "policies", lambda: policies.end_policy(ctx, learner_id, policy_id, day("on")))


@blueprint.get("/<uuid:learner_id>/papers/<uuid:file_id>")
@page("learners.learner.edit")
def paper(ctx: Context, learner_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A paper of the pupil, where the classes of data that it tells of are open to this reader."""
    services.get_learner(ctx, learner_id)
    _value, closed = sensitive.shown(ctx, learner_id, {})
    if "policy" in closed:
        return redirect_to("learners.show", learner_id=learner_id, tab="policies")
    kept, stream = open_paper(ctx, learner_id, file_id)
    with stream:
        return file_response(stream.read(), kept.name, kept.media_type)


def _do(learner_id: UUID, tab: str, act: Any) -> ResponseReturnValue:
    """Do one small thing and go back to the tab; what went wrong is said there."""
    back = url_for("learners.show", learner_id=learner_id, tab=tab)
    try:
        act()
    except TruongError as error:
        if error.status in (403, 404):
            raise
        flash("attention", next(iter(errors_of(error).values())))
        return see_other(back)
    flash("ok", _("The changes were saved."))
    return desk_or(learner_id, back)
