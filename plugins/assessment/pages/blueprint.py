"""The blueprint of the pages, how they find a book, and small words of the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from flask import Blueprint, url_for

from core.sdk import Context, Message, _
from core.sdk.errors import NotFound
from core.sdk.web import locale, translate
from plugins.curriculum.public import subject_name

from ..access import READ
from ..grid import cells, words
from ..grid.slots import Layout, Slot, child_result
from ..rules.marks import Why
from ..rules.words import GAPS
from ..services import books
from ..services.locking import VersionLine

blueprint = Blueprint("assessment", __name__, url_prefix="/assessment")


def opened(ctx: Context, what: str, of: UUID, term: int, permission: str = READ) -> books.Book:
    """The book of an address: `courses/<id>/1`, `classes/<id>/1`.

    Raises:
        NotFound, Forbidden: as `books.course_book`; another kind of address.
    """
    if what == "courses":
        return books.course_book(ctx, of, term, permission)
    if what == "classes":
        return books.class_book(ctx, of, term, permission)
    raise NotFound


def place_of(book: books.Book) -> dict[str, Any]:
    """The arguments of a book's addresses."""
    if book.course is not None:
        return {"what": "courses", "of": book.course.id, "term": book.term}
    return {"what": "classes", "of": book.klass.id, "term": book.term}


def book_url(book: books.Book, endpoint: str = "assessment.book", **more: Any) -> str:
    """An address of a book."""
    return url_for(endpoint, **place_of(book), **more)


def book_title(book: books.Book) -> str:
    """`7A1 · Toán`, or the name of the class's own book, in the language of the reader."""
    what = subject_name(book.course) if book.course is not None else translate(own_book(book.klass.grade))
    return f"{book.klass.name} · {what}"


def own_book(grade: int) -> Message:
    """What the class's own book is called."""
    return words.OWN_PRIMARY if grade < 6 else words.OWN_SECONDARY


def cell_text(text: str, slot: Slot | None) -> str:
    """A stored cell as the reader writes it."""
    return cells.shown(text, slot.accept if slot else "score", comma=locale() == "vi")


def result_shown(text: str) -> str:
    """A result as the reader writes it."""
    return text.replace(".", ",") if locale() == "vi" else text


def why_not(why: str) -> Message | None:
    """Why there is no result yet."""
    return GAPS[Why(why)] if why else None


class HasCells(Protocol):
    """The cells of one child in one book."""

    @property
    def layout(self) -> Layout: ...
    @property
    def cells(self) -> Mapping[str, str]: ...


def entry_result(entry: HasCells) -> str:
    """The result of a child's book, in the words of exchange files."""
    return child_result(entry.layout, entry.cells)


def _approved(version: int) -> Message:
    return _("Version %(version)s approved", version=version)


def _locked(version: int) -> Message:
    return _("Version %(version)s locked", version=version)


def timeline(book: books.Book, versions: Sequence[VersionLine]) -> list[dict[str, object]]:
    """Locked versions for the timeline, newest first."""
    return [
        {
            "when": line.approved_at or line.locked_at,
            "who": line.approved_by or line.locked_by,
            "title": (_approved if line.approved_at else _locked)(line.version),
            "url": book_url(book, "assessment.version", version=line.version),
        }
        for line in versions
    ]  # fmt: skip


@blueprint.context_processor
def words_of_templates() -> dict[str, object]:
    """Functions and words of the templates of this module."""
    return {
        "entry_result": entry_result,
        "timeline": timeline,
        "subject_name": subject_name,
        "cell_text": cell_text,
        "result_shown": result_shown,
        "why_not": why_not,
        "book_url": book_url,
        "book_title": book_title,
        "own_book": own_book,
        "state_words": words.STATES,
        "term_words": words.TERMS,
        "kind_words": words.KINDS,
        "door_words": words.DOORS,
        "accept_words": cells.allowed,
    }
