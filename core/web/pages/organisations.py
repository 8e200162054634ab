"""The tree of authorities for the operator, and for overseers the schools below theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import settings
from core.access.oversight import overseen
from core.data.context import Context
from core.people.everywhere import ALLOWED, FIND
from core.school import kinds, organisations
from core.school.models import School
from core.school.organisations import MANAGE, SchoolBelow
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page
from core.types.contributions import Cell
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import Message, _

from ._days import chosen_day
from .figures import SHOWN, chosen_values, column_headers

blueprint = Blueprint("organisations", __name__)


@contextmanager
def _whole(ctx: Context) -> Iterator[Context]:
    """The same person over all schools: the tree belongs to none."""
    if ctx.school is None:
        yield ctx
        return
    with runtime().db.all_schools(ctx.actor, clock=ctx.clock) as everywhere:
        yield everywhere


@blueprint.get("/organisations")
@page(MANAGE)
def tree(ctx: Context) -> str:
    """The whole tree with the number of schools, and those that stand nowhere yet."""
    without = select(School.id, School.code, School.name).where(School.organisation_id.is_(None)).order_by(School.name)
    return render(
        "pages/organisations.html",
        nodes=organisations.tree(ctx),
        kinds=kinds.ORGANISATIONS,
        without=ctx.session.execute(without).all(),
    )


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@page(MANAGE)
def new(ctx: Context) -> ResponseReturnValue:
    """Add an authority."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        form = request.form
        try:
            with _whole(ctx) as everywhere:
                made = organisations.add_organisation(
                    everywhere,
                    code=form.get("code", ""),
                    name=form.get("name", ""),
                    kind=form.get("kind", ""),
                    parent_id=form.get("parent_id", type=UUID),
                )
        except Invalid as refused:
            errors = refused.fields or {"": refused.message}
        except Conflict as refused:
            errors = {"code": refused.message}
        else:
            flash("ok", _("The organisation is added."))
            return redirect_to("organisations.organisation", organisation_id=made)
    above = [(node.id, node.name) for node in organisations.tree(ctx) if node.kind != "commune"]
    values = request.form or request.args
    page_ = render(
        "pages/organisation_new.html",
        values=values,
        errors=errors,
        above=above,
        kinds=list(kinds.ORGANISATIONS.items()),
    )
    return page_, 422 if errors else 200


@blueprint.route("/organisations/<uuid:organisation_id>", methods=["GET", "POST"])
@page(MANAGE)
def organisation(ctx: Context, organisation_id: UUID) -> ResponseReturnValue:
    """One authority: name, former names, its schools; a school can be placed under it."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            with _whole(ctx) as everywhere:
                said = _change(everywhere, organisation_id)
        except Invalid as refused:
            errors = refused.fields or {"": refused.message}
        else:
            flash("ok", said)
            return redirect_to("organisations.organisation", organisation_id=organisation_id)
    found = organisations.organisation(ctx, organisation_id)
    page_ = render(
        "pages/organisation.html",
        found=found,
        line=organisations.line_of(ctx, found.parent_id),
        kinds=kinds.ORGANISATIONS,
        former=organisations.former_names(ctx, organisation_id),
        former_kinds=kinds.FORMER,
        schools=organisations.schools_below(ctx, [organisation_id]),
        levels=kinds.LEVELS,
        choices=_placeable(ctx, organisation_id) if found.kind != "ministry" else [],
        errors=errors,
        form=request.form,
    )
    return page_, 422 if errors else 200


def _change(ctx: Context, organisation_id: UUID) -> Message:
    form = request.form
    step = form.get("step", "")
    if step == "rename":
        organisations.rename_organisation(ctx, organisation_id, form.get("name", ""))
        return _("The name is changed; the one before is kept.")
    if step == "former":
        kind, name, until = form.get("former_kind", ""), form.get("former_name", "").strip(), chosen_day("former_until")
        fields: dict[str, Message] = {}
        if not name:
            fields["former_name"] = _("Please give the name.")
        if kind not in kinds.FORMER:
            fields["former_kind"] = _("Choose one of the kinds.")
        if until is None:
            fields["former_until"] = _("Please give a day.")
        if fields or until is None:
            raise Invalid(_("Please look again."), fields=fields)
        organisations.remember(ctx, organisation_id, kind=kind, name=name, until_on=until)
        return _("The former name is kept.")
    school_id = form.get("school_id", type=UUID)
    if school_id is None:
        message = _("Please choose a school.")
        raise Invalid(message, fields={"school_id": message})
    organisations.place_school(
        ctx, school_id, organisation_id, since_on=chosen_day("since_on"), reason=form.get("reason", "")
    )
    return _("The school is placed here; where it stood before is kept.")


def _placeable(ctx: Context, organisation_id: UUID) -> list[tuple[UUID, str]]:
    """Schools that stand elsewhere or nowhere."""
    elsewhere = School.organisation_id.is_distinct_from(organisation_id)
    query = select(School.id, School.name, School.code).where(elsewhere).order_by(School.name)
    return [(row.id, f"{row.name} ({row.code})") for row in ctx.session.execute(query)]


@blueprint.get("/oversight")
@page("core.oversight.read")
def oversight(ctx: Context) -> str:
    """Every school below the authorities that the person oversees, with its modules. Nothing can be changed."""
    return render(
        "pages/oversight.html",
        mine=overseen(ctx),
        schools=_schools(ctx),
        reports=[owned.item for owned in runtime().registry.schools_reports()],
        levels=kinds.LEVELS,
        ownerships=kinds.OWNERSHIPS,
        modules=_labels(),
        may_find=ctx.actor.has(FIND) and bool(settings.get(ctx, ALLOWED.key)),
    )


def _schools(ctx: Context) -> list[SchoolBelow]:
    """The schools below whom the person oversees; all that stand in the tree for the operator."""
    roots = [one.id for one in overseen(ctx)]
    if ctx.actor.has(MANAGE) and not roots:
        roots = [node.id for node in organisations.tree(ctx) if node.parent_id is None]
    elif not roots:
        raise NotFound
    return organisations.schools_below(ctx, roots)


@blueprint.get("/oversight/<name>")
@page("core.oversight.read")
def oversight_report(ctx: Context, name: str) -> str:
    """A table of a module over the schools that use it. Figures of schools, without persons."""
    owned = next((o for o in runtime().registry.schools_reports() if o.item.name == name), None)
    if owned is None:
        raise NotFound
    ids = [school.id for school in _schools(ctx) if owned.module in school.modules]
    found = owned.item
    errors: dict[str, Message] = {}
    with _whole(ctx) as everywhere:
        choices = {p.name: list(p.choices(everywhere)) for p in found.parameters if p.choices}
        rows: list[Sequence[Cell]] = []
        values = request.args.to_dict()
        try:
            values = chosen_values(found.parameters, choices)
            rows = list(islice(found.rows(everywhere, ids, values), SHOWN + 1)) if ids else []
        except Invalid as refused:
            errors = refused.fields
    return render(
        "pages/oversight_report.html",
        report=found,
        rows=[dict(zip((c.name for c in found.columns), row, strict=True)) for row in rows[:SHOWN]],
        more=len(rows) > SHOWN,
        shown=SHOWN,
        schools=len(ids),
        values=values,
        errors=errors,
        choices=choices,
        columns=column_headers(found.columns),
    )


def _labels() -> dict[str, Message]:
    """Modules that schools switch, by name."""
    names = runtime().registry.school_modules()
    return {p.name: p.manifest.label for p in runtime().registry.plugins if p.manifest and p.name in names}
