"""Report cards and class books as files."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.files import open as open_file
from core.sdk.text import _
from core.sdk.web import export_door, file_response, locale, page, render, see_other
from plugins.learners import public as learners

from ..access import READ
from ..services import printing, results
from .blueprint import blueprint

_PDF = "application/pdf"
KINDS = {
    ("cards", 0): _("Report cards of the year"),
    ("book", 1): _("Class book of term I"),
    ("book", 2): _("Class book of term II"),
}


@blueprint.get("/results/<uuid:class_id>/prints")
@page(READ)
def prints(ctx: Context, class_id: UUID) -> str:
    """The documents of a class: those that were made, and making them."""
    found = printing.prints(ctx, class_id)
    return render("assessment/prints.html", klass=learners.class_of(ctx, class_id), lines=found, kinds=KINDS)


@blueprint.post("/results/<uuid:class_id>/prints")
@page(READ)
def ask_print(ctx: Context, class_id: UUID) -> ResponseReturnValue:
    """Make the documents of a class."""
    kind, _colon, term = request.form.get("what", "").partition(":")
    job = printing.ask(ctx, class_id, kind, int(term) if term.isdecimal() else -1, locale())
    return see_other(url_for("home.job", job_id=job, next=url_for("assessment.prints", class_id=class_id)))


@blueprint.get("/prints/<uuid:print_id>")
@page(READ)
def print_(ctx: Context, print_id: UUID) -> ResponseReturnValue:
    """A document that was made; personal data leave through the one door."""
    file_id, pupils = printing.open_print(ctx, print_id)
    label, classes = _("Report cards and class books"), ("identity", "results")
    door = export_door(ctx, "assessment.print", label, persons=pupils, data_classes=classes)
    if door is not None:
        return door
    with open_file(ctx, file_id) as stream:
        return file_response(stream.read(), "tai-lieu.pdf", _PDF, inline=True)


@blueprint.get("/results/<uuid:class_id>/<uuid:learner_id>/card.pdf")
@page(READ)
def card(ctx: Context, class_id: UUID, learner_id: UUID) -> Response:
    """The report card of one pupil."""
    member, _found = results.pupil_result(ctx, class_id, learner_id)
    content, _count = printing.class_cards(ctx, class_id, locale(), only=learner_id)
    return file_response(content, f"{member.full_name}.pdf", _PDF, inline=True)


@blueprint.get("/family/<uuid:learner_id>/card.pdf")
@page(f"{READ}.own")
def family_card(ctx: Context, learner_id: UUID) -> Response:
    """The report card of one's own child, as far as the school has shown its marks."""
    found = results.family_result(ctx, learner_id, locale())
    if found is None:
        raise NotFound
    content = printing.card_of(ctx, learner_id, found, locale())
    return file_response(content, f"{learners.pupil(ctx, learner_id).full_name}.pdf", _PDF, inline=True)
