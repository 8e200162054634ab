"""The reconciliation desk as an accountant uses it: a statement, a day file, a shared transfer, the report."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask.testing import FlaskClient

from core.data.session import Database
from core.payments import channels
from core.sdk import Actor
from plugins.finance.services import publish
from tests.conftest import SignIn
from tests.integrations.vnpay.samples import CONFIG as VNPAY

from .conftest import World
from .test_pages_money import VIETQR, send
from .test_pages_statements import references, statement

DAYS = "first=2026-10-01&last=2026-10-31"
EVIL = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def accountant(world: World, sign_in: SignIn, db: Database, system: Actor) -> FlaskClient:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
        channels.configure(ctx, "vietqr", VIETQR)
        channels.configure(ctx, "vnpay", VNPAY)
    return sign_in(world.school, "accountant", name="Cô Lan")


def bring(client: FlaskClient, content: bytes, account: str = "", name: str = "tep.csv") -> str:
    """Upload, look, confirm; the address of the file's page."""
    data = {"csrf_token": client.csrf, "file": (io.BytesIO(content), name), "account": account}  # type: ignore[attr-defined]
    sent = client.post("/finance/statements", data=data, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    assert send(client, f"{sent.location}/confirm").status_code == 303
    return str(sent.location)


def service(client: FlaskClient) -> str:
    """The value under which the form offers VNPay."""
    found = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>[^<]*VNPAY', client.get("/finance/statements").text, re.I)
    assert found
    return found[1]


def test_from_the_files_to_the_report(world: World, accountant: FlaskClient, db: Database, system: Actor) -> None:
    known = references(db, system, world)
    (first, due), *_rest = known.values()
    bring(
        accountant,
        statement([("FT001", f"{first} nop tien", due), ("FT002", EVIL, 90_000), ("FT003", "hai con", 5000)]),
    )
    rows = "V1,TRGNOBODY01,payment,70000,700,69300,2026-10-04 09:00:00\nV2,X,payment,7O,0,7,2026-10-04 09:00:00\n"
    content = ("transaction,order,kind,amount,fee,net,time\n" + rows).encode()
    day = bring(accountant, content, service(accountant), "vnpay-04.csv")
    page = accountant.get(day).text
    assert "69.300" in page and "1" in page
    export = accountant.get(f"{day}/rows.xlsx")
    assert export.status_code == 200 and export.data[:2] == b"PK"
    desk = accountant.get(f"/finance/reconciliation?{DAYS}").text
    assert "165.000" in desk, "the difference: 90,000 + 5,000 + 70,000"
    assert "HYPERLINK" in desk and "V1" in desk and first not in desk
    assert first in accountant.get(f"/finance/reconciliation?{DAYS}&state=R4").text
    book = accountant.get(f"/finance/reconciliation.xlsx?{DAYS}&state=R2")
    with zipfile.ZipFile(io.BytesIO(book.data)) as packed:
        sheet, texts = packed.read("xl/worksheets/sheet1.xml"), packed.read("xl/sharedStrings.xml")
    assert b"<f>" not in sheet and b"HYPERLINK" in texts, "what payers write is text"


def test_one_transfer_is_shared_and_the_shares_must_fit(
    world: World, accountant: FlaskClient, db: Database, system: Actor
) -> None:
    bring(accountant, statement([("FT001", "nop tien hai con", 100_000)]))
    found = re.search(r'href="(/finance/desk/[0-9a-f-]{36})"', accountant.get("/finance/desk").text)
    assert found
    case, people = found[1], [str(one) for one in list(world.pupils.values())[:2]]
    page = accountant.get(f"{case}?share={people[0]}&share={people[1]}").text
    assert f"amount-{people[1]}" in page
    wrong = send(accountant, f"{case}/split", share=people, **{f"amount-{one}": "40.000" for one in people})
    assert wrong.status_code == 422 and "20.000" in wrong.text
    amounts = dict(zip((f"amount-{one}" for one in people), ("40.000", "60.000"), strict=True))
    assert send(accountant, f"{case}/split", share=people, **amounts).status_code == 303
    report = accountant.get(f"/finance/reconciliation?{DAYS}&state=R3").text
    assert "nop tien hai con" in report and "Cô Lan" in report


def test_whoever_may_not_read_cases_sees_no_report(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.school, "teacher").get("/finance/reconciliation").status_code == 403
