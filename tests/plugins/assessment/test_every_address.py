"""Every page and endpoint of the module, found in the routes themselves, so that none is forgotten: what strangers get
there, and what families get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.data.session import Database
from core.sdk import Actor
from core.sdk.data import new_id
from core.sdk.people import create_person, relate
from plugins.assessment.services import approving, books, brought, importing, locking, printing, publishing, rule_sets
from plugins.assessment.services.brought import Paper
from tests.conftest import SignIn

from .conftest import Stage
from .test_own_rules import BILINGUAL
from .test_results import marked as marked

FAMILY = {"assessment.family", "assessment.child", "assessment.family_result", "assessment.family_card",
          "api-assessment.child_marks"}  # fmt: skip
SHEET = "Môn: Toán;;;\nHọ và tên;TX1;GK;CK\nTrần Bảo Anh;8;8;8\n"
Address = tuple[str, str, str]


@pytest.fixture
def things(db: Database, system: Actor, marked: Stage) -> dict[str, UUID]:
    """One of everything that an address can name."""
    with db.context(system, marked.school) as ctx:
        book = books.course_book(ctx, marked.courses["toan"], 1)
        locking.lock(ctx, book)
        publishing.publish(ctx, [marked.klass], 1)
        publishing.publish(ctx, [marked.klass], 2)
        printing.run(ctx, marked.klass, "cards", 0, "vi", lambda done, total, note=None: None)
        kept = importing.start(ctx, marked.klass, 2, "x.csv", SHEET.encode())
        scan = Paper("Trường khác", "Bảng điểm", "bang-diem.pdf", b"%PDF-1.7")
        paper = brought.enter(ctx, marked.pupils[1], 1, {("toan", "tx1"): "8"}, scan)
        approving.name_approver(ctx, marked.an, "gdcd")
        assert paper is not None
        return {
            "import_id": kept, "print_id": printing.prints(ctx, marked.klass)[0].id, "brought_id": paper,
            "set_id": rule_sets.add(ctx, BILINGUAL.encode()), "window_id": new_id(), "person_id": marked.an,
            "class_id": marked.klass, "learner_id": marked.pupils[1],
        }  # fmt: skip


def _addresses(app: Flask, stage: Stage, things: dict[str, UUID]) -> Iterator[Address]:
    """Endpoint, method and address of every route of the module, about the first class and its second pupil."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ("assessment", "api-assessment"):
            continue
        for what, of in (("courses", stage.courses["toan"]), ("classes", stage.klass)):
            values: dict[str, object] = {
                **things, "what": what, "of": of, "term": 1, "version": 1, "step": "lock", "code": "tt22-2021",
            }  # fmt: skip
            path = rule.rule
            for name, value in values.items():
                path = re.sub(rf"<(?:\w+:)?{name}>", str(value), path)
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield rule.endpoint, method, path
            if "<what>" not in rule.rule:
                break


def _ask(client: FlaskClient, method: str, path: str) -> Any:
    csrf = cast("Any", client).csrf
    if path.startswith("/api/"):
        body = None if method == "GET" else _BODY
        return client.open(path, method=method, json=body, headers={"X-CSRF-Token": csrf})
    return client.open(path, method=method, data=None if method == "GET" else {"csrf_token": csrf})


_BODY = {
    "cells": [{"learner_id": str(new_id()), "slot": "tx1", "value": "1", "seen": "", "subject": "toan"}], "reason": "x",
    "approved": True, "class_ids": [str(new_id())], "term": 1, "visible": True,
}  # fmt: skip


def test_strangers_get_nothing_at_any_address(
    app: Flask, db: Database, system: Actor, marked: Stage, things: dict[str, UUID], other_school: UUID, sign_in: SignIn
) -> None:
    all_of_them = sorted(set(_addresses(app, marked, things)))
    assert len(all_of_them) > 70, "the walk sees the routes"
    with db.context(system, marked.school) as ctx:
        father = create_person(ctx, "Vũ Văn Cha")
        relate(ctx, father, marked.stranger, "father")
    strangers = {
        "foreign teacher": sign_in(marked.school, "teacher", person_id=marked.stranger),
        "colleague": sign_in(marked.school, "teacher", person_id=marked.binh),
        "foreign parent": sign_in(marked.school, "parent", person_id=father),
        "head of another school": sign_in(other_school, "head"),
        "accountant": sign_in(marked.school, "accountant"),
    }
    names = ("Lê Minh Châu", "Trần Bảo Anh", "Hoàng Gia Đạt", str(marked.pupils[1]))
    wrong = []
    for who, client in strangers.items():
        for _endpoint, method, path in all_of_them:
            answer = _ask(client, method, path)
            shown = [name for name in names if name in answer.text and name not in path]
            if answer.status_code >= 500 or (answer.status_code < 400 and shown):
                wrong.append((who, method, path, answer.status_code, shown))
            about = any(str(id) in path for id in (marked.klass, marked.courses["toan"], *things.values()))
            if about and who != "colleague" and answer.status_code not in (401, 403, 404, 422):
                wrong.append((who, method, path, answer.status_code, ["reached"]))
    assert wrong == []


def test_families_get_their_child_and_no_other(
    app: Flask, marked: Stage, things: dict[str, UUID], sign_in: SignIn
) -> None:
    """Every address with the own child in it: no other pupil's id or name, no rank, no average of the class."""
    parent = sign_in(marked.school, "parent", person_id=marked.parent)
    mine = {**things, "learner_id": marked.pupils[0]}
    reached, others = set(), [*(str(id) for id in marked.pupils[1:]), str(marked.stranger)]
    others += ["Lê Minh Châu", "Phạm Thu Dung", "Hoàng Gia Đạt", "Vũ Khôi"]
    others += ["xếp hạng", "thứ hạng", "hạng thứ", "trung bình lớp", "trung bình của lớp", "rank", "class average"]
    for endpoint, method, path in sorted(set(_addresses(app, marked, mine))):
        answer = _ask(parent, method, path)
        if answer.status_code >= 400:
            assert endpoint not in FAMILY, (path, answer.status_code)
            continue
        reached.add(endpoint)
        text = answer.data.decode("latin-1") if answer.data.startswith(b"%PDF") else answer.text
        assert [word for word in others if word.casefold() in text.casefold()] == [], path
    assert reached == FAMILY, "what families reach is these and nothing else"
    for path in ("/", f"/learners/{marked.pupils[0]}?tab=marks", "/search?q=Lê Minh Châu"):
        text = parent.get(path).text
        assert [word for word in others if word in text and word not in path] == [], path
