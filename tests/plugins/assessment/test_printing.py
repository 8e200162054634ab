"""Report cards and class books: read back from the PDF as text, made for a class by the worker."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.sdk import Actor
from core.sdk.errors import NotFound
from plugins.assessment.services import printing, publishing
from tests.conftest import SignIn

from .conftest import Stage
from .test_results import marked as marked


def _text(content: bytes, folder: Path) -> str:
    file = folder / "x.pdf"
    file.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_cards_of_a_class_say_what_the_results_say(
    app: Flask, db: Database, system: Actor, marked: Stage, tmp_path: Path
) -> None:
    """`app` brings the Vietnamese words along, as a worker has them."""
    with db.context(system, marked.school) as ctx:
        content, count = printing.class_cards(ctx, marked.klass)
        again, _count = printing.class_cards(ctx, marked.klass)
    assert count == 4
    pages = _text(content, tmp_path).split("\f")
    assert "Trần Bảo Anh" in pages[0] and "Được lên lớp" in pages[0] and "8,0" in pages[0]
    assert "Học sinh Giỏi" in pages[0]
    assert "Lê Minh Châu" in pages[1] and "3,0" in pages[1] and "Trần Bảo Anh" not in pages[1]
    assert "–" in pages[2], "what is missing is a dash, never a zero"
    assert b"pdfaid" in content and len(again) == len(content)


def test_the_class_book_has_every_mark(db: Database, system: Actor, marked: Stage, tmp_path: Path) -> None:
    with db.context(system, marked.school) as ctx:
        content, count = printing.class_book(ctx, marked.klass, 1)
        english, _count = printing.class_book(ctx, marked.klass, 1, "en")
    assert count == 4
    told = _text(content, tmp_path)
    assert "Khoa học tự nhiên" in told and "Hoàng Gia Đạt" in told and "3,0" in told
    assert "Natural science" in _text(english, tmp_path)


def test_a_class_is_printed_by_the_worker_and_kept(db: Database, system: Actor, marked: Stage) -> None:
    with db.context(system, marked.school) as ctx:
        printing.ask(ctx, marked.klass, "cards", 0, "vi")
        with pytest.raises(NotFound):
            printing.ask(ctx, marked.klass, "book", 3, "vi")
        told: list[tuple[int, int]] = []
        printing.run(ctx, marked.klass, "cards", 0, "vi", lambda done, total, note=None: told.append((done, total)))
        (line,) = printing.prints(ctx, marked.klass)
        assert (line.kind, line.pupils) == ("cards", 4) and told[-1] == (1, 1)


def test_who_gets_which_document(
    db: Database, system: Actor, marked: Stage, other_school: UUID, sign_in: SignIn
) -> None:
    child, other = marked.pupils[:2]
    with db.context(system, marked.school) as ctx:
        printing.run(ctx, marked.klass, "cards", 0, "vi", lambda done, total, note=None: None)
        (line,) = printing.prints(ctx, marked.klass)
    mine = (f"prints/{line.id}", f"results/{marked.klass}/prints", f"results/{marked.klass}/{child}/card.pdf")
    homeroom = sign_in(marked.school, "teacher", person_id=marked.an)
    for path in mine:
        assert homeroom.get(f"/assessment/{path}").status_code == 200, path
    for client in (sign_in(marked.school, "teacher", person_id=marked.binh), sign_in(other_school, "head")):
        for path in mine:
            assert client.get(f"/assessment/{path}").status_code == 404, path
    parent = sign_in(marked.school, "parent", person_id=marked.parent)
    assert parent.get(f"/assessment/family/{child}/card.pdf").status_code == 404, "nothing is published"
    with db.context(system, marked.school) as ctx:
        publishing.publish(ctx, [marked.klass], 1)
    card = parent.get(f"/assessment/family/{child}/card.pdf")
    assert card.status_code == 200 and card.data.startswith(b"%PDF")
    assert parent.get(f"/assessment/family/{other}/card.pdf").status_code == 404
    for path in mine:
        assert parent.get(f"/assessment/{path}").status_code in (403, 404), path
