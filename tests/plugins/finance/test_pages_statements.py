"""A bank statement from upload to the books, and what cannot be read."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.payments import channels
from core.payments.booking import transfers
from core.payments.booking.evidence import Origin
from core.payments.port import Fact, FactKind
from core.sdk import Actor
from core.sdk.ledger import Charge, trial_balance
from core.sdk.testing.fixtures import as_worker
from plugins.finance.models import StatementUpload
from plugins.finance.services import publish
from tests.conftest import SignIn

from .conftest import World
from .test_pages_money import VIETQR, send

HEADER = "Ngày giao dịch;Số tham chiếu;Mô tả;Ghi nợ;Ghi có;Số dư"


@pytest.fixture
def accountant(world: World, sign_in: SignIn, db: Database, system: Actor) -> FlaskClient:
    """An accountant whose school has published a round and has one account."""
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        channels.configure(ctx, "vietqr", VIETQR)
    return sign_in(world.school, "accountant", name="Cô Lan")


def upload(client: FlaskClient, content: bytes, name: str = "sao-ke.csv"):  # type: ignore[no-untyped-def]
    data = {"csrf_token": client.csrf, "file": (io.BytesIO(content), name)}  # type: ignore[attr-defined]
    return client.post("/finance/statements", data=data, content_type="multipart/form-data")


def references(db: Database, system: Actor, world: World) -> dict[str, tuple[str, int]]:
    names = {person: name for name, person in world.pupils.items()}
    with db.context(system, world.school) as ctx:
        rows = ctx.session.execute(select(Charge.person_id, Charge.reference, Charge.due)).all()
    return {names[row.person_id]: (row.reference, row.due) for row in rows}


def statement(lines: list[tuple[str, str, int]]) -> bytes:
    """A CSV statement: number, text, credit."""
    balance, rows = 1_000_000, [HEADER]
    for number, text, credit in lines:
        balance += credit
        rows.append(f"05/10/2026;{number};{text};0;{credit};{balance}")
    return "\n".join(rows).encode("utf-8-sig")


def test_plan_first_then_the_books_and_the_same_file_again_changes_nothing(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    known = references(db, system, world)
    (first, due), (second, other) = known["Lê Lan Lam"], known["Trần Văn Ân"]
    content = statement(
        [("FT001", f"{first} nop tien", due), ("FT002", "Do Thi An lop 2A", other), ("FT003", "CK <b>", 5000)]
    )
    with db.context(system, world.school) as ctx:
        channel = channels.all_of(ctx)[0]
        fact = Fact(FactKind.CREDIT, "FT009", other, "VND", ctx.now(), memo=second, merchant="0011223344")
        transfers.apply(ctx, channel, fact, Origin("notice"))
        before = trial_balance(ctx)
    sent = upload(
        accountant, content + f"\n06/10/2026;FT009;{second};0;{other};{1_000_000 + due + other + 5000 + other}".encode()
    )
    assert sent.status_code == 303
    plan = accountant.get(sent.location)
    assert "Lê Lan Lam" in plan.text
    assert "Ghi sổ 3 dòng" in plan.text, "the one that a notice told already is not among them"
    assert "CK &lt;b&gt;" in plan.text
    with db.context(system, world.school) as ctx:
        assert trial_balance(ctx) == before, "a plan books nothing"
    assert send(accountant, sent.location + "/confirm").status_code == 303
    with db.context(system, world.school) as ctx:
        books = trial_balance(ctx)
        states = {c.reference: c.state for c in ctx.session.scalars(select(Charge))}
    assert books["suspense:unmatched"] == -(other + 5000)
    assert sum(books.values()) == 0
    assert states[first] == states[second] == "settled"
    done = accountant.get(sent.location).text
    assert "Đã ghi sổ" in done
    assert "Lê Lan Lam" in done, "what became of each line stays to be read"
    send(accountant, sent.location + "/confirm")
    again = upload(accountant, content)
    send(accountant, again.location + "/confirm")
    with db.context(system, world.school) as ctx:
        assert trial_balance(ctx) == books


def test_a_long_statement_is_a_job(
    world: World, accountant: FlaskClient, db: Database, system: Actor, registry: object
) -> None:
    from core.work.worker import Worker

    sent = upload(accountant, statement([(f"FT{n:05d}", f"CK {n}", 1000 + n) for n in range(120)]))
    started = send(accountant, sent.location + "/confirm")
    assert re.match(r"/jobs/[0-9a-f-]{36}", started.location)
    assert "done" in {outcome.state for outcome in Worker(as_worker(db), registry).drain()}  # type: ignore[arg-type]
    assert "120" in accountant.get("/finance/desk").text
    assert "Dòng 101" in accountant.get(sent.location + "?from=100").text


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "trong.csv"),
        (b"PK\x03\x04 not a workbook", "hong.xlsx"),
        (b"\x00\xff" * 500, "anh.png"),
        ("Họ tên;Lớp\nAn;1A".encode(), "danh-sach.csv"),
        (HEADER.encode("utf-8-sig"), "khong-co-dong.csv"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_in_words(
    content: bytes, name: str, accountant: FlaskClient, world: World, db: Database, system: Actor
) -> None:
    answer = upload(accountant, content, name)
    assert answer.status_code == 422
    assert 'id="e-file"' in answer.text
    with db.context(system, world.school) as ctx:
        assert ctx.session.scalars(select(StatementUpload)).all() == []


def test_no_file_and_no_account(accountant: FlaskClient, school: object, sign_in: SignIn) -> None:
    assert send(accountant, "/finance/statements").status_code == 422
    other = sign_in(school, "accountant")
    assert "Chưa có tài khoản ngân hàng" in other.get("/finance/statements").text


def test_another_school_and_another_role_reach_no_statement(
    world: World, accountant: FlaskClient, school: object, sign_in: SignIn
) -> None:
    sent = upload(accountant, statement([("FT1", "CK", 1000)]))
    stranger = sign_in(school, "accountant")
    assert stranger.get(sent.location).status_code == 404
    assert send(stranger, sent.location + "/confirm").status_code == 404
    assert sign_in(world.school, "head").get(sent.location).status_code == 403


def test_a_file_can_be_put_away_but_not_once_booked(accountant: FlaskClient) -> None:
    first = upload(accountant, statement([("FT1", "CK", 1000)])).location
    assert send(accountant, first + "/discard").status_code == 303
    assert accountant.get(first).status_code == 404
    second = upload(accountant, statement([("FT2", "CK", 2000)])).location
    send(accountant, second + "/confirm")
    send(accountant, second + "/discard")
    assert accountant.get(second).status_code == 200


def test_columns_that_nobody_understands_are_named_once_and_kept(world: World, accountant: FlaskClient) -> None:
    strange = "Cột A;Cột B;Cột C;Cột D\n05/10/2026;FT0000001;nop tien;5.000".encode("utf-8-sig")
    assert upload(accountant, strange).status_code == 422
    shown = accountant.get("/finance/statements").text
    found = re.search(r"/finance/statements/columns/[0-9a-f-]{36}", shown)
    assert found, "each account has its columns"
    twice = send(accountant, found[0], date="Cột A", text="Cột C", credit="Cột A")
    assert twice.status_code == 422
    given = {"date": " Cột  A", "number": "Cột B", "text": "Cột C", "credit": "cột d"}
    assert send(accountant, found[0], **given).status_code == 303
    sent = upload(accountant, strange)
    assert sent.status_code == 303
    assert "nop tien" in accountant.get(sent.location).text
    assert "Cô Lan chỉ định" in accountant.get("/finance/statements").text
    assert send(accountant, found[0]).status_code == 303
    assert upload(accountant, strange).status_code == 422, "named no more"
    send(accountant, upload(accountant, statement([("FT001", "CK 1", 1000)])).location + "/confirm")
    assert "tự nhận biết" in accountant.get("/finance/statements").text
