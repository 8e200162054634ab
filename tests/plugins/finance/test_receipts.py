"""Receipts: one a collection, gapless, printed."""

from __future__ import annotations

import multiprocessing
import os
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from core.data.session import Database
from core.files.service import bind
from core.files.stores import LocalStore
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid
from core.sdk.ledger import Charge
from core.types.actor import system_actor
from plugins.finance.models import Receipt
from plugins.finance.services import publish, receipt_files, receipts
from plugins.finance.services.receipts import Collection, issue_receipt

from .conftest import World

PUPIL = "Nguyễn Anh Cường"


def _collection(ctx: Context, world: World, amount: int | None = None) -> Collection:
    """Money for the first pupil's bill, as the core tells it."""
    charge = ctx.session.scalars(select(Charge).where(Charge.person_id == world.pupils[PUPIL])).one()
    paid = charge.due if amount is None else amount
    return Collection(new_id(), charge.person_id, paid, {charge.id: min(paid, charge.due)})


def test_a_collection_gets_one_receipt_however_often_it_is_told(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    collection = _collection(ctx, world)
    first = issue_receipt(ctx, collection)
    assert issue_receipt(ctx, collection) == first
    second = issue_receipt(ctx, _collection(ctx, world))
    listed = receipts.receipts(ctx).rows
    assert [(r.id, r.label) for r in listed] == [(second, "2026/000002"), (first, "2026/000001")]
    assert receipts.receipts(ctx, search="cuong").rows == listed
    assert receipts.receipts(ctx, search="000002").rows == listed[:1]
    assert receipts.receipts(ctx, search="không có").rows == ()


def test_the_receipt_says_what_was_paid(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    row = receipts.receipt(ctx, issue_receipt(ctx, _collection(ctx, world, 1_000_000)))
    content = row.content
    assert content["words"] == "một triệu đồng"
    assert content["pupil"] == {"name": PUPIL, "code": "261000", "class": "1A"}
    [paid] = content["bills"]
    assert paid["title"] == "Thu tháng 9/2026"
    assert [line["label"] for line in paid["lines"]] == ["Tiền ăn", "Bảo hiểm y tế", "Học 2 buổi/ngày"]
    assert content["balance"] == 1_000_000 - paid["total"]


def test_a_cancelled_receipt_keeps_its_number(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    first = issue_receipt(ctx, _collection(ctx, world))
    with pytest.raises(Invalid):
        receipts.cancel_receipt(ctx, first, " ")
    assert receipts.cancel_receipt(ctx, first, "Nộp nhầm").state == "cancelled"
    with pytest.raises(Conflict):
        receipts.cancel_receipt(ctx, first, "Nộp nhầm")
    issue_receipt(ctx, _collection(ctx, world))
    assert [r.label for r in receipts.receipts(ctx).rows] == ["2026/000002", "2026/000001"]
    assert receipts.gaps(ctx, 2026) == []


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    found = LocalStore(tmp_path_factory.mktemp("files"))
    bind(found)
    return found


def test_the_document_is_rendered_once_and_says_everything(ctx: Context, world: World, store: LocalStore) -> None:
    publish.publish(ctx, world.round_id)
    receipt_id = issue_receipt(ctx, _collection(ctx, world))
    name, pdf = receipt_files.receipt_pdf(ctx, receipt_id)
    assert name == "bien-lai-2026-000001.pdf"
    assert receipt_files.receipt_pdf(ctx, receipt_id) == (name, pdf)
    key = ctx.session.scalars(select(Receipt.file_key)).one()
    from io import BytesIO

    reader = PdfReader(BytesIO(pdf))
    text = " ".join(reader.pages[0].extract_text().split())
    for said in ("Biên lai thu tiền", "2026/000001", "Trường Tiểu học Cánh Diều", PUPIL, "Lớp 1A", "883.950"):
        assert said in text
    assert "Tám trăm tám mươi ba nghìn chín trăm năm mươi đồng" in text
    _name, short = receipt_files.private_receipt_pdf(ctx, receipt_id)
    private = " ".join(PdfReader(BytesIO(short)).pages[0].extract_text().split())
    assert PUPIL not in private
    assert "".join(f"{word[0]}." for word in PUPIL.split()) in private
    assert "883.950" in private
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert b"<pdfaid:part>3" in metadata
    receipts.cancel_receipt(ctx, receipt_id, "Nộp nhầm")
    _name, cancelled = receipt_files.receipt_pdf(ctx, receipt_id)
    assert "Đã hủy: Nộp nhầm" in PdfReader(BytesIO(cancelled)).pages[0].extract_text()
    assert ctx.session.scalars(select(Receipt.file_key)).one() != key


def _issue_many(url: str, school: UUID, person: UUID, count: int, crash: bool) -> None:
    """A worker of its own: some transactions roll back, one process dies in the middle of one."""
    db = Database(url, pool_size=1)
    for number in range(count):
        try:
            with db.context(system_actor("test"), school, clock=lambda: datetime(2026, 10, 1, tzinfo=UTC)) as ctx:
                issue_receipt(ctx, Collection(new_id(), person, 1_000 + number, {}))
                if crash and number == count // 2:
                    os._exit(9)
                if number % 5 == 4:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            continue
    db.close()


def test_numbers_are_gapless_under_processes_rollbacks_and_a_crash(db: Database, world: World, system: Actor) -> None:
    fork = multiprocessing.get_context("spawn")
    person = world.pupils[PUPIL]
    jobs = [fork.Process(target=_issue_many, args=(db.url, world.school, person, 20, crash)) for crash in (False, True)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0, 9]
    with db.context(system, world.school) as ctx:
        numbers = sorted(ctx.session.scalars(select(Receipt.number)))
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == 16 + 8
        assert receipts.gaps(ctx, 2026) == []
