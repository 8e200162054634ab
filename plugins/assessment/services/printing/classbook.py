"""The class book of a term: every subject with all its marks, as the teachers keep them."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, _
from core.sdk.school import school_of
from core.sdk.text import translator
from plugins.learners import public as learners

from ...documents.pdf import render
from ...grid import cells
from ...grid.slots import result_text
from ...grid.words import STATES, TERMS
from ..marks import CourseMarks, marks_of
from ..results.reading import require_class
from .cards import shown

_TITLE = _("Class book")
_WORDS = {
    "class": _("Class"), "year": _("School year"), "number": _("No."), "name": _("Full name"), "result": _("Result"),
}  # fmt: skip


def class_book(ctx: Context, class_id: UUID, term: int, language: str = "vi") -> tuple[bytes, int]:
    """The class book of a term as PDF, a page for each subject; and how many pupils are in it.

    Raises:
        NotFound, Forbidden: as `class_results`.
    """
    klass = require_class(ctx, class_id)
    say = translator(language)
    members = learners.class_list(ctx, class_id)
    school = school_of(ctx)
    content: dict[str, object] = {
        "lang": language,
        "title": say(_TITLE.msgid),
        "class": klass.name,
        "year": klass.year_name,
        "term": TERMS[term].render(say),
        "school": {"name": school.name},
        "words": {name: message.render(say) for name, message in _WORDS.items()},
        "subjects": [_subject(book, members, language) for book in marks_of(ctx, class_id, term) if book.course],
    }
    return render("book.typ", content, ctx.now()), len(members)


def _subject(book: CourseMarks, members: list[learners.ClassMember], language: str) -> dict[str, object]:
    say = translator(language)
    assert book.course is not None  # noqa: S101  (the class's own book has no subject)
    slots = [slot for slot in book.layout.slots if slot.kind != "comment"]
    rows = []
    for member in members:
        row = book.cells.get(member.id, {})
        written = [cells.shown(cells.stored(row.get(slot.name)), slot.accept, comma=language == "vi") for slot in slots]
        result = shown(result_text(book.layout, row), language)
        rows.append({"name": member.full_name, "cells": written, "result": result})
    heads = [
        f"{slot.group.render(say)} {slot.short.render(say)}" if slot.group else slot.short.render(say) for slot in slots
    ]
    return {
        "name": book.course.name_en if language == "en" else book.course.name_vi,
        "state": STATES[book.state][1].render(say),
        "columns": heads,
        "rows": rows,
    }
