"""“I have paid”: looked up at once, answered by the money or by a person, seen by the family; never evidence."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import cases, ledger
from core.sdk.ledger import ExceptionCase
from tests.conftest import SignIn

from .conftest import Moment, World
from .pay_site import SYSTEM, PaySite, build

AN, OTHER = "Đỗ Thị An", "Trần Văn Ân"
TOTAL = 1_411_800
TOLD = {
    "amount": "1.411.800",
    "paid_on": "2026-09-20",
    "number": "FT26.999 000111",
    "bank": "MB",
    "note": "hoc phi con",
}


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


def _tell(site: PaySite, name: str = AN, **changes: str) -> tuple[int, str]:
    """What the form answers, and the bill's page afterwards."""
    address = f"/pay/{site.token(name)}"
    answer = site.client().post(f"{address}/paid", data={**TOLD, **changes})
    return answer.status_code, site.client().get(address).text


def _open(site: PaySite) -> list[str]:
    with site.db.context(SYSTEM, site.world.school) as ctx:
        return sorted(ctx.session.scalars(select(ExceptionCase.kind).where(ExceptionCase.state == "open")))


def test_nothing_found_yet_then_the_money_answers(site: PaySite) -> None:
    status, page = _tell(site)
    assert (status, "Đang kiểm tra" in page) == (303, True)
    assert "…0111" in page
    assert _tell(site)[0] == 303
    assert _open(site) == ["claimed"], "told twice is one case"
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.trial_balance(ctx).get("student_balance", 0) == 0, "what people say books nothing"
    site.transfer("HOC PHI CON", TOTAL, txn="FT26999000111")
    assert "Tiền đã về, đang ghi cho học sinh" in site.client().get(f"/pay/{site.token(AN)}").text
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        [lost] = cases.list_cases(ctx, kind="unmatched")
        cases.assign(ctx, lost.id, site.world.pupils[AN])
    site.drain()
    assert _open(site) == [], "the family's case closes by itself"
    assert "Đã nộp đủ" in site.client().get(f"/pay/{site.token(AN)}").text


def test_money_of_somebody_else_is_not_told(site: PaySite) -> None:
    """A number alone tells nobody whose money it was."""
    begun = site.begin(site.client(), site.token(OTHER), site.vietqr).rsplit("/", 1)[1]
    site.transfer(begun, TOTAL, txn="FT26999000111")
    assert "Đang kiểm tra" in _tell(site)[1]


def test_a_person_answers_and_the_family_reads_it(site: PaySite, sign_in: SignIn) -> None:
    assert _tell(site)[0] == 303
    accountant = sign_in(site.world.school, "accountant")
    desk = accountant.get("/finance/desk")
    found = re.search(r"/finance/desk/([0-9a-f-]{36})", desk.text)
    assert found is not None
    assert "Gia đình báo đã nộp tiền" in desk.text
    case = accountant.get(found[0]).text
    assert "FT26.999 000111" in case
    reason = "Tài khoản chưa nhận được. Anh chị hỏi lại ngân hàng."
    data = {"reason": reason, "csrf_token": accountant.csrf}  # type: ignore[attr-defined]
    assert accountant.post(f"{found[0]}/close", data=data).status_code == 303
    page = site.client().get(f"/pay/{site.token(AN)}").text
    assert "Nhà trường đã trả lời" in page
    assert reason in page


def test_what_cannot_be_said(site: PaySite) -> None:
    for wrong in ({"amount": "x"}, {"amount": ""}, {"paid_on": "2026-13-01"}, {"paid_on": "2026-09-21"},
                  {"paid_on": "2025-09-20"}):  # fmt: skip
        assert _tell(site, **wrong)[0] == 422, wrong
    for number in ("1", "2", "3"):
        assert _tell(site, number=f"FT{number}")[0] == 303
    assert _tell(site, number="FT4")[0] == 422, "a link does not flood the accountant's list"
    assert _tell(site, number="FT3")[0] == 303
    assert _open(site) == ["claimed"] * 3
    assert _tell(site, OTHER)[0] == 303
