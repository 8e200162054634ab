"""Pages of pupils and classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from core.sdk import Context
from core.sdk.data import reading
from core.sdk.errors import Invalid, TruongError
from core.sdk.text import _, translator
from core.sdk.web import (
    Cursor,
    addresses,
    bulk_actions,
    export_door,
    file_response,
    flash,
    form_errors,
    load_form,
    page,
    purpose_asked,
    record_actions,
    record_tabs,
    redirect_to,
    render,
    slot_parts,
    tab_content,
)
from core.sdk.web.render import locale

from .. import exchange, sensitive
from ..rules import ethnic, provinces
from ..rules.policies import NAMES as POLICIES
from ..schemas import LearnerForm, canonical, form_of
from ..services import classes as class_services
from ..services import learners as services
from .blueprint import blueprint
from .quality import desk_or
from .tabs import OWN_TABS, tab_values
from .words import birth_text, sex_name

PAGE = 50
MOST_CHOICES = 100


def _uuid(name: str) -> UUID | None:
    return request.args.get(name, type=UUID)


def _filters(ctx: Context, grade: int | None) -> tuple[list[int], list[class_services.ClassChoice]]:
    """Grades to choose from, and classes of the chosen one; of all only where the list stays short enough to read."""
    choices = class_services.class_choices(ctx, grade=grade, most=MOST_CHOICES + 1)
    short = len(choices) <= MOST_CHOICES
    if grade is None and short:
        return sorted({choice.grade for choice in choices}), choices
    return class_services.grades(ctx), choices if short else []


@blueprint.get("/")
@page("learners.learner.read")
def index(ctx: Context) -> str:
    """All pupils by given name, or those of a class or a grade."""
    cursor = Cursor("learners")
    words = request.args.get("q", "").strip()[:100]
    class_id, grade = _uuid("class"), request.args.get("grade", type=int)
    position = cursor.read(request.args.get("cursor"))
    lines = services.list_learners(
        ctx,
        query=words,
        class_id=class_id,
        grade=grade,
        after=(position[0], UUID(position[1])) if position else None,
        limit=PAGE + 1,
    )
    every = ctx.actor.has(services.READ)
    grades, classes = _filters(ctx, grade) if every else ([], [])
    filters = {"q": words or None, "class": class_id, "grade": grade}
    following = None
    if len(lines) > PAGE:
        last = lines[PAGE - 1]
        following = url_for("learners.index", cursor=cursor.write((last.sort_key, last.id)), **_given(filters))
    return render(
        "learners/index.html",
        rows=_rows(lines[:PAGE]),
        words=words,
        count=_counted(ctx, words, class_id, grade) if every else len(lines),
        grades=grades,
        classes=classes,
        class_id=class_id,
        grade=grade,
        following=following,
        first=bool(position),
        may_edit=ctx.actor.has("learners.learner.edit"),
        may_import=ctx.actor.has("learners.import.run"),
        may_export=ctx.actor.has("learners.learner.export"),
        actions=bulk_actions(ctx, "learner"),
    )


def _counted(ctx: Context, words: str, class_id: UUID | None, grade: int | None) -> int | str:
    count, most = services.count_learners(ctx, query=words, class_id=class_id, grade=grade), services.MOST_COUNTED
    return count if count <= most else f"{most:,}+".replace(",", ".")


def _rows(lines: list[services.LearnerLine]) -> list[dict[str, object]]:
    """The lines as the table shows them."""
    address = addresses("learners.show", "learner_id")
    return [
        {
            "id": line.id,
            "title": line.full_name,
            "name": {"name": f"{line.full_name} ({line.suffix})" if line.suffix else line.full_name,
                     "url": address(line.id)},
            "class": line.class_name,
            "birth": birth_text(line.birth) or None,
            "sex": sex_name(line.sex),
            "code": line.code,
        }
        for line in lines
    ]  # fmt: skip


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@blueprint.get("/<uuid:learner_id>")
@page("learners.learner.read")
def show(ctx: Context, learner_id: UUID) -> str:
    """One pupil, with the tabs of all modules."""
    found = services.get_learner(ctx, learner_id)
    value, closed = sensitive.shown(ctx, learner_id, found.value)
    tabs = record_tabs(ctx, "learner", learner_id)
    current = request.args.get("tab", "overview")
    foreign = next((tab for tab in tabs if tab.name == current), None)
    content = tab_content(ctx, foreign, learner_id) if foreign else None
    return render(
        "learners/show.html",
        learner=found,
        value=value,
        purpose=purpose_asked(ctx, learner_id, closed),
        withheld={name for name, of in sensitive.FIELDS.items() if of in closed},
        tabs=tabs,
        current=current if foreign or current in OWN_TABS else "overview",
        content=content,
        broken=foreign is not None and content is None,
        **tab_values(ctx, learner_id, current, closed),
        ethnic_names=ethnic.NAMES,
        province_names=provinces.NAMES,
        head=slot_parts(ctx, "learners.learner.head", learner_id, learner_id),
        actions=record_actions(ctx, "learner", learner_id),
        may_edit=ctx.actor.has("learners.learner.edit"),
        may_invite=ctx.actor.has("core.accounts.manage"),
    )


def _form_page(ctx: Context, values: dict[str, Any], errors: dict[str, Any], **more: Any) -> str:
    return render(
        "learners/form.html",
        values=values,
        errors=errors,
        classes=[(line.name, line.name) for line in class_services.class_choices(ctx)],
        ethnics=list(ethnic.NAMES.items()),
        provinces=list(provinces.NAMES.items()),
        policies=[(name, name) for name in POLICIES],
        desk=request.args.get("desk"),
        desk_class=request.args.get("class"),
        **more,
    )


def _read_form() -> tuple[dict[str, Any], dict[str, Any]]:
    """The canonical values and the form as the schema read it."""
    form = load_form(LearnerForm())
    try:
        return canonical(form), form
    except ValidationError as error:
        raise Invalid(_("Please check the marked fields."), fields=form_errors(error)) from error


@blueprint.get("/new")
@page("learners.learner.edit")
def new(ctx: Context) -> str:
    """The form for a new pupil."""
    return _form_page(ctx, {}, {}, learner=None)


@blueprint.post("/new")
@page("learners.learner.edit")
def create(ctx: Context) -> ResponseReturnValue:
    """Enter a pupil."""
    try:
        value, _form = _read_form()
        learner_id = services.create_learner(ctx, value)
    except TruongError as error:
        return _form_page(ctx, dict(request.form), _errors(error), learner=None), 422
    flash("ok", _("%(name)s was entered.", name=value["hovaten"]))
    return redirect_to("learners.show", learner_id=learner_id)


@blueprint.get("/<uuid:learner_id>/edit")
@page("learners.learner.edit")
def edit(ctx: Context, learner_id: UUID) -> str:
    """The form of a pupil."""
    found = services.get_learner(ctx, learner_id)
    # Who enters these values has to see them: the form itself is the purpose, and the family reads it.
    value, _closed = sensitive.shown(ctx, learner_id, found.value, purpose="record")
    return _form_page(ctx, {**form_of(value), "version": found.version}, {}, learner=found)


@blueprint.post("/<uuid:learner_id>/edit")
@page("learners.learner.edit")
def update(ctx: Context, learner_id: UUID) -> ResponseReturnValue:
    """Change a pupil."""
    found = services.get_learner(ctx, learner_id)
    try:
        value, form = _read_form()
        del value["doituongchinhsach"]  # changed with its proof, on the tab of policy groups
        services.update_learner(ctx, learner_id, value, version=form.get("version"))
    except TruongError as error:
        return _form_page(ctx, dict(request.form), _errors(error), learner=found), 422
    flash("ok", _("The changes were saved."))
    return desk_or(learner_id, url_for("learners.show", learner_id=learner_id))


def _errors(error: TruongError) -> dict[str, Any]:
    fields = getattr(error, "fields", None)
    return dict(fields) if fields else {"": error.message}


@blueprint.get("/export")
@page("learners.learner.export")
def export(ctx: Context) -> ResponseReturnValue:
    """The list of pupils as a file; with sensitive columns only when a second person agrees."""
    translate = translator(locale())
    class_id, full = _uuid("class"), request.args.get("sensitive") == "yes"
    persons = exchange.export_ids(ctx, class_id)
    classes = {"identity", "contact", "address", "family"} | (sensitive.CLASSES if full else frozenset())
    door = export_door(ctx, "learners.list", _("List of pupils"), persons=persons, data_classes=classes)
    if door is not None:
        return door
    name = translate("Pupils")
    with reading(ctx) as far:
        if request.args.get("format") == "csv":
            return _streamed(exchange.export_csv(far, translate, class_id, full=full), f"{name}.csv")
        content: IO[bytes] = exchange.export_workbook(far, translate, class_id, full=full)
    return file_response(content, f"{name}.xlsx", exchange.XLSX)


def _streamed(pieces: Iterable[bytes], name: str) -> Response:
    head = file_response(b"", name, exchange.CSV)
    # The rows are read inside the transaction of this request, which ends before the answer leaves.
    response = Response(list(pieces), mimetype="text/csv")
    response.headers["Content-Disposition"] = head.headers["Content-Disposition"]
    response.headers["Cache-Control"] = "no-store"
    return response
