"""By which rules results are made: the national sets, and the school's own as files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message
from core.sdk.errors import Conflict
from core.sdk.text import _
from core.sdk.web import file_response, flash, page, redirect_to, render
from plugins.learners import public as learners

from ..access import RULES
from ..rules import RuleSet, RuleSetError, national
from ..services import rule_sets as services
from .blueprint import blueprint

_TOML = "application/toml"
STATES = {
    "": ("ok", _("In force")),
    "replaced": ("neutral", _("Replaced by a newer file")),
    "taken_back": ("neutral", _("Withdrawn")),
}


def spans(rules: RuleSet) -> list[Message]:
    """For which grades a set holds from which school year on, in the order of the years."""
    by_year: dict[int, list[int]] = defaultdict(list)
    for grade, year in rules.first_year.items():
        by_year[year].append(grade)
    found = []
    for year, grades in sorted(by_year.items()):
        names = ", ".join(str(grade) for grade in sorted(grades))
        first, last = f"{year}-{year + 1}", rules.last_year
        if last is None:
            found.append(_("Grades %(grades)s from %(first)s", grades=names, first=first))
        else:
            until = f"{last}-{last + 1}"
            found.append(_("Grades %(grades)s from %(first)s to %(last)s", grades=names, first=first, last=until))
    return found


@blueprint.get("/rules")
@page(RULES)
def rule_sets(ctx: Context) -> str:
    """The sets that hold, with their acts; a form for a file."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object]) -> str:
    classes = {row.class_id: row for row in ctx.session.execute(learners.classes(ctx))}

    def names(ids: Iterable[UUID]) -> str:
        """The names of chosen classes; those of former years are counted no more."""
        return ", ".join(row.class_name for id, row in classes.items() if id in ids) or "–"

    def choices(rules: RuleSet) -> list[tuple[str, str]]:
        """The classes that a set can be chosen for."""
        return [(str(id), row.class_name) for id, row in classes.items() if row.grade in rules.first_year]

    return render(
        "assessment/rules.html",
        national=national().sets,
        lines=services.own_sets(ctx),
        spans=spans,
        names=names,
        choices=choices,
        states=STATES,
        errors=errors,
    )


@blueprint.post("/rules")
@page(RULES)
def add_rule_set(ctx: Context) -> ResponseReturnValue:
    """Take a file of rules into force."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(ctx, {"file": _("Choose a file.")}), 422
    try:
        services.add(ctx, sent.read(services.MOST_BYTES + 1))
    except RuleSetError as error:
        return _page(ctx, {"file": error.message}), 422
    flash("ok", _("The rule set is in force. Results of the year are as they were until they are calculated again."))
    return redirect_to("assessment.rule_sets")


@blueprint.get("/rules/<uuid:set_id>/source")
@page(RULES)
def rule_set_source(ctx: Context, set_id: UUID) -> ResponseReturnValue:
    """An own set as the file that it came as."""
    code, source = services.source(ctx, set_id)
    return file_response(source.encode(), f"{code}.toml", _TOML)


@blueprint.get("/rules/national/<code>/source")
@page(RULES)
def national_source(ctx: Context, code: str) -> ResponseReturnValue:
    """A national set as a file: something to begin with."""
    found = national().get(code)
    return file_response(found.source.encode(), f"{found.code}.toml", _TOML)


@blueprint.post("/rules/<uuid:set_id>/take-back")
@page(RULES)
def take_back_rule_set(ctx: Context, set_id: UUID) -> ResponseReturnValue:
    """Take an own set out of force."""
    try:
        services.take_back(ctx, set_id)
    except Conflict as error:
        flash("attention", error.message)
    else:
        flash("ok", _("The rule set was withdrawn. The national one holds again."))
    return redirect_to("assessment.rule_sets")


@blueprint.post("/rules/<uuid:set_id>/classes")
@page(RULES)
def choose_classes(ctx: Context, set_id: UUID) -> ResponseReturnValue:
    """For which classes an own set holds."""
    try:
        with ctx.session.begin_nested():
            services.choose_classes(ctx, set_id, request.form.getlist("classes", type=UUID))
    except (Conflict, RuleSetError) as error:
        flash("attention", error.message)
    else:
        flash(
            "ok", _("The rule set holds for these classes. Results are as they were until they are calculated again.")
        )
    return redirect_to("assessment.rule_sets")
