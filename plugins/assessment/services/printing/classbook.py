"""The class book of a term: every subject with all its marks, as the teachers keep them."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, _
from core.sdk.school import school_of
from core.sdk.text import translator
from plugins.learners import public as learners

from ...documents.pdf import render
from ...grid import cells
from ...grid.slots import TRAINING_SLOT, result_text
from ...grid.words import COMMENT, STATES, TERMS, TRAINING
from ..marks import CourseMarks, marks_of
from ..results.reading import require_class
from .cards import shown

_TITLE = _("Class book")
_HOMEROOM = _("Comment of the homeroom teacher")
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
    school, found = school_of(ctx), marks_of(ctx, class_id, term)
    content: dict[str, object] = {
        "lang": language,
        "title": say(_TITLE.msgid),
        "class": klass.name,
        "year": klass.year_name,
        "term": TERMS[term].render(say),
        "school": {"name": school.name},
        "words": {name: message.render(say) for name, message in _WORDS.items()},
        "subjects": [_subject(book, members, language) for book in found if book.course],
        "homeroom": _homeroom(found[-1], members, language),
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


def _homeroom(book: CourseMarks, members: list[learners.ClassMember], language: str) -> dict[str, object]:
    """The class's own book: training (secondary), and what the homeroom teacher says of each pupil."""
    say, slot = translator(language), book.layout.slot(TRAINING_SLOT)
    heads = [TRAINING] if slot is not None else []
    rows = []
    for member in members:
        row = book.cells.get(member.id, {})
        level = [cells.shown(cells.stored(row.get(TRAINING_SLOT)), slot.accept)] if slot is not None else []
        rows.append({"name": member.full_name, "cells": [*level, book.comments.get(member.id, "")]})
    return {
        "name": _HOMEROOM.render(say),
        "state": STATES[book.state][1].render(say),
        "columns": [head.render(say) for head in (*heads, COMMENT)],
        "rows": rows,
    }
