"""Numbers of the school, reports, imports and exports, code lists: one page each for what all modules bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from itertools import islice

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core.data import sheets
from core.data.context import Context
from core.data.i18n import translator
from core.data.replica import reading
from core.disclosure.access import APPROVE, REQUEST
from core.sdk.web.language import locale
from core.sdk.web.render import file_response, render
from core.sdk.web.runtime import runtime
from core.sdk.web.sensitive import export_door
from core.sdk.web.view import page, require_visitor
from core.types.contributions import Cell, Column, Exporter, Importer, Parameter, Report
from core.types.errors import Invalid, NotFound
from core.types.message import Message, _

blueprint = Blueprint("figures", __name__)
SHOWN = 200
"""Rows of a report on its page; the file has them all."""
_KINDS = {"moment": "datetime"}
"""Kinds of columns as the parts call them, where they differ."""


@blueprint.get("/figures")
@page("core.figures.read")
def indicators(ctx: Context) -> str:
    """Numbers about the school, each with what it counts and who defines it."""
    person, registry = require_visitor(), runtime().registry
    found = []
    with reading(ctx) as far:
        for owned in registry.indicators(person.modules):
            if ctx.actor.has(owned.item.permission):
                part, compute = f"provide_indicators {owned.item.name}", partial(owned.item.compute, far)
                found.append((owned.item, registry.containment.call(owned.module, part, compute, None, ctx=far)))
    links = [
        {"title": r.label, "text": r.description, "url": url_for("figures.report", name=r.name)} for r in _reports(ctx)
    ]
    return render(
        "pages/figures.html",
        indicators=found,
        sources=[(indicator.label, indicator.source) for indicator, _value in found],
        report_links=links,
        reports=bool(links),
    )


@blueprint.get("/reports/<name>")
@page("core.figures.read")
def report(ctx: Context, name: str) -> ResponseReturnValue:
    """One report: its choices, its first rows, and itself as a file."""
    found = runtime().registry.reports(require_visitor().modules).get(name)
    if found is None:
        raise NotFound
    ctx.require(found.permission)
    choices = {p.name: list(p.choices(ctx)) for p in found.parameters if p.choices}
    errors: dict[str, Message] = {}
    values: dict[str, str] = {}
    rows: list[Sequence[Cell]] = []
    try:
        values = chosen_values(found.parameters, choices)
        if (form := request.args.get("format")) in ("xlsx", "csv"):
            return _taken(ctx, found, values, form)
        with reading(ctx) as far:
            rows = list(islice(found.rows(far, values), SHOWN + 1))
    except Invalid as refused:
        errors = refused.fields
        values = request.args.to_dict()
    status = 422 if errors else 200
    page_ = render(
        "pages/report.html",
        report=found,
        rows=[dict(zip((c.name for c in found.columns), row, strict=True)) for row in rows[:SHOWN]],
        more=len(rows) > SHOWN,
        shown=SHOWN,
        values=values,
        errors=errors,
        choices=choices,
        columns=column_headers(found.columns),
    )
    return page_, status


def column_headers(columns: Sequence[Column]) -> list[dict[str, object]]:
    """Columns of a report as the part for tables wants them."""
    return [
        {"key": c.name, "header": c.label, "kind": _KINDS.get(c.kind, c.kind), "primary": place == 0}
        for place, c in enumerate(columns)
    ]


@blueprint.get("/exchange")
@page("core.home.see")
def exchange(ctx: Context) -> str:
    """Every way in and out for files."""
    registry, modules = runtime().registry, require_visitor().modules
    return render(
        "pages/exchange.html",
        importers=_allowed(ctx, registry.importers(modules)),
        exporters=_allowed(ctx, registry.exporters(modules)),
        reports=_reports(ctx) if ctx.actor.has("core.figures.read") else [],
        two_people=ctx.actor.has(REQUEST) or ctx.actor.has(APPROVE),
    )


@blueprint.get("/code-lists")
@page("core.home.see")
def code_lists(ctx: Context) -> str:
    """The lists that acts and standards give, with the version in force."""
    today = ctx.now().date()
    lists = runtime().registry.code_lists(require_visitor().modules).values()
    return render("pages/code_lists.html", lists=[(found, found.at(today)) for found in lists])


@blueprint.get("/code-lists/<name>")
@page("core.home.see")
def code_list(ctx: Context, name: str) -> str:
    """One list in one version."""
    found = runtime().registry.code_lists(require_visitor().modules).get(name)
    if found is None:
        raise NotFound
    wanted = request.args.get("version")
    version = next((v for v in found.versions if v.version == wanted), found.at(ctx.now().date()))
    versions = [
        {"label": v.version, "on": v is version, "url": url_for("figures.code_list", name=name, version=v.version)}
        for v in found.versions
    ]
    return render("pages/code_list.html", list=found, version=version, versions=versions)


def _reports(ctx: Context) -> list[Report]:
    found = runtime().registry.reports(require_visitor().modules).values()
    return [report for report in found if ctx.actor.has(report.permission)]


def _allowed(
    ctx: Context, found: Iterable[Importer | Exporter]
) -> list[tuple[Importer | Exporter, list[tuple[str, str]]]]:
    """With their addresses: an importer has one page, an exporter one for each format."""
    shown = []
    for item in found:
        if ctx.actor.has(item.permission):
            if isinstance(item, Importer):
                links = [("", url_for(item.endpoint))]
            else:
                links = [(form, url_for(item.endpoint, format=form)) for form in item.formats]
            shown.append((item, links))
    return shown


def chosen_values(
    parameters: Sequence[Parameter], choices: dict[str, list[tuple[str, str | Message]]]
) -> dict[str, str]:
    """What the reader chose. Raises `Invalid` naming what cannot be."""
    values, errors = {}, {}
    for parameter in parameters:
        value = request.args.get(parameter.name, parameter.default).strip()[:200]
        problem = _problem(parameter, value, choices.get(parameter.name))
        values[parameter.name] = value
        if problem is not None:
            errors[parameter.name] = problem
    if errors:
        raise Invalid(_("Please check the marked fields."), fields=errors)
    return values


def _problem(parameter: Parameter, value: str, choices: list[tuple[str, str | Message]] | None) -> Message | None:
    if not value:
        return _("Please fill this in.") if parameter.required else None
    if parameter.kind == "choice" and value not in {name for name, _label in choices or ()}:
        return _("Choose one of the values.")
    if parameter.kind == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            return _("This cannot be read. Please enter it again.")
    return None


def _taken(ctx: Context, found: Report, values: dict[str, str], form: str) -> ResponseReturnValue:
    """The report as a file. Rows that each tell of a person leave through the door for personal data.

    The door writes down what leaves, so it is asked after the reading, in which nothing can be written.
    """
    with reading(ctx) as far:
        if not found.data_classes:
            return _file(found, found.rows(far, values), form)
        rows = list(found.rows(far, values))
    door = export_door(ctx, found.name, found.label, persons=len(rows), data_classes=found.data_classes)
    return _file(found, rows, form) if door is None else door


def _file(report: Report, rows: Iterable[Sequence[Cell]], form: str) -> ResponseReturnValue:
    say = translator(locale())
    title = report.label.render(say)
    if form == "xlsx":
        return file_response(sheets.workbook(title, report.columns, rows, say), f"{title}.xlsx", sheets.XLSX)
    # The rows are read inside the transaction of this request, which ends before the answer leaves.
    return file_response(b"".join(sheets.csv_pieces(report.columns, rows, say)), f"{title}.csv", "text/csv")
