"""Pay pages: what the holder of a link sees and can do, and what nobody can."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import text

from core import settings
from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import ledger
from plugins.finance.rules.parts import Part
from plugins.finance.services import corrections, parts
from plugins.finance.settings import PARTS_FREE
from tests.conftest import SignIn

from .conftest import Moment, World
from .pay_site import ACCOUNT, EXEMPT, FREE, SYSTEM, PaySite, build

PUPIL = "Đỗ Thị An"
TOTAL = 18 * 35_000 + 631_800 + 150_000


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


def _reference(address: str) -> str:
    return address.rsplit("/", 1)[1]


def test_the_bill_is_explained_without_a_name(site: PaySite) -> None:
    page = site.client().get(f"/pay/{site.token(EXEMPT)}")
    assert page.status_code == 200
    assert "L.L.L." in page.text
    assert "lớp 1A" in page.text
    assert "15/10/2026" in page.text
    for amount in ("288.000", "150.000", "438.000"):
        assert f"{amount}\u00a0₫" in page.text
    assert "NQ 20/2026/NQ-HĐND" in page.text
    assert "Nghị định 238/2025/NĐ-CP" in page.text
    for hidden in (EXEMPT, "Lan Lam", "Hộ nghèo", "Sổ hộ nghèo"):
        assert hidden not in page.text


def test_the_free_transfer_stands_first_and_each_fee_is_told(site: PaySite) -> None:
    page = site.client().get(f"/pay/{site.token(PUPIL)}").text
    free, dear = page.index(str(site.vietqr)), page.index(str(site.vnpay))
    assert free < dear
    assert str(site.bank) not in page, "nobody pays through a notifier"
    assert "Không mất phí" in page
    assert "Phí 3.300\u00a0₫ → trả 1.415.100\u00a0₫" in page
    assert page.count('class="button primary"') == 1
    assert f'value="{site.vietqr}" checked' in page


def test_a_school_without_channels_sends_to_the_counter(site: PaySite) -> None:
    with site.db.context(SYSTEM, site.world.school) as ctx:
        ctx.session.execute(text("UPDATE core_payment_channel SET enabled = false"))
    page = site.client().get(f"/pay/{site.token(PUPIL)}")
    assert page.status_code == 200
    assert 'type="radio"' not in page.text
    assert "phòng tài vụ" in page.text


def test_a_transfer_from_the_button_to_the_receipt(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    assert client.get(f"/pay/{token}/state").json == {"state": "open"}
    address = site.begin(client, token, site.vietqr)
    page = client.get(address).text
    reference = _reference(address)
    for shown in (ACCOUNT, "TRUONG TIEU HOC CANH DIEU", reference, "1.411.800", "MB Bank", "<svg"):
        assert shown in page
    assert f'data-copy="{reference}"' in page
    assert 'data-copy="1411800"' in page
    assert "Kiểm tra lại" in page, "without JavaScript one can still look"
    picture = client.get(f"{address}/qr.png")
    assert picture.data.startswith(b"\x89PNG")
    assert picture.headers["Cache-Control"] == "no-store"
    site.transfer(f"MBVCB.778 {reference} CT DEN", TOTAL)
    assert client.get(f"/pay/{token}/state").json == {"state": "receipt"}
    done = client.get(address).text
    assert "Đã nhận tiền" in done
    assert "<svg role" not in done
    link = re.search(rf"/pay/{token}/receipt/2026-000001", done)
    assert link is not None
    pdf = client.get(link[0])
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    paid = client.get(f"/pay/{token}").text
    assert "Đã nộp đủ" in paid
    assert link[0] in paid
    assert 'type="radio"' not in paid
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.verify(ctx) == []


def _words(pdf: bytes) -> str:
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


def test_a_receipt_names_the_child_only_to_who_may_know_it(site: PaySite, sign_in: SignIn) -> None:
    """A link is passed on; the name is for those who are signed in and may see the child."""
    client, token = site.client(), site.token(PUPIL)
    site.transfer(_reference(site.begin(client, token, site.vietqr)), TOTAL)
    address = f"/pay/{token}/receipt/2026-000001"
    stranger = _words(client.get(address).data)
    assert PUPIL not in stranger
    assert "Đ.T.A." in stranger
    assert "Lớp 2A" in stranger
    school = site.world.school
    assert PUPIL in _words(sign_in(school, "accountant").get(address).data)
    assert PUPIL in _words(sign_in(school, "head").get(address).data)
    assert PUPIL not in _words(sign_in(school, "parent").get(address).data), "a parent of somebody else"
    assert PUPIL not in _words(sign_in(school, "office").get(address).data), "no right to read receipts"


def test_money_that_is_too_little_leaves_the_rest_to_pay(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    address = site.begin(client, token, site.vietqr)
    site.transfer(_reference(address), 1_000_000)
    assert client.get(f"/pay/{token}/state").json == {"state": "part"}
    assert "còn phải nộp 411.800" in client.get(address).text
    page = client.get(f"/pay/{token}").text
    assert "Đã nộp một phần" in page
    assert "Nộp 411.800\u00a0₫" in page
    again = site.begin(client, token, site.vietqr)
    assert 'data-copy="411800"' in client.get(again).text
    site.transfer(_reference(again), 411_800, txn="FT26326000124", number=92705)
    assert client.get(f"/pay/{token}/state").json == {"state": "receipt"}
    assert client.get(f"/pay/{token}").text.count("/receipt/2026-") == 2


def test_the_same_form_begins_one_payment(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    first = site.begin(client, token, site.vietqr, nonce="n" * 24)
    assert site.begin(client, token, site.vietqr, nonce="n" * 24) == first
    assert site.begin(client, token, site.vnpay, nonce="n" * 24) != first, "another way of paying is another payment"
    assert site.begin(site.client(), token, site.vietqr) != first, "another person, another tab"
    site.clock.forward(days=2)
    later = site.begin(client, token, site.vietqr, nonce="n" * 24)
    assert later != first, "an old page begins anew"
    assert site.begin(client, token, site.vietqr, nonce="n" * 24) == later


def test_two_who_open_one_link_pay_once_each_and_nothing_is_lost(site: PaySite) -> None:
    father, mother, token = site.client(), site.client(), site.token(PUPIL)
    one, two = (_reference(site.begin(c, token, site.vietqr)) for c in (father, mother))
    site.transfer(one, TOTAL)
    assert "Đã nhận tiền" in mother.get(f"/pay/{token}/transfer/{two}").text
    site.transfer(two, TOTAL, txn="FT26326000199", number=92799)
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.balance_of(ctx, site.world.pupils[PUPIL]).credit == TOTAL
        assert ledger.verify(ctx) == []
    late = mother.post(f"/pay/{token}", data={"channel": str(site.vietqr), "nonce": "m" * 24})
    assert (late.status_code, late.headers["Location"]) == (303, f"/pay/{token}")


def test_a_form_without_a_way_of_paying_is_shown_again(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    for data in ({}, {"channel": "x"}, {"channel": str(site.bank)}, {"channel": str(site.world.school)}):
        answer = client.post(f"/pay/{token}", data={**data, "nonce": "keep-this-nonce-please"})
        assert answer.status_code == 422
        assert "Vui lòng chọn cách nộp" in answer.text
        assert "keep-this-nonce-please" in answer.text
    bad = client.post(f"/pay/{token}", data={"channel": str(site.vietqr), "nonce": '"><script>'})
    assert bad.status_code == 303
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/pay/{token}", data={"channel": str(site.vietqr)}, headers=foreign).status_code == 422


def test_paying_at_a_service_and_coming_back(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    address = site.begin(client, token, site.vnpay)
    reference = _reference(address)
    page = client.get(address)
    assert page.status_code == 200, "a form must not be redirected to another site: form-action forbids it"
    assert 'http-equiv="refresh" content="0;url=https://sandbox.vnpayment.vn/' in page.text
    assert token not in re.findall(r"url=(https://sandbox[^\"]*)", page.text)[0], (
        "the service learns no key to the bill"
    )
    assert f"pay%2Freturn%2F{reference}" in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "strict-origin"
    begun = client.get(f"/pay/{token}").text
    assert "đã có người bắt đầu thanh toán qua VNPay" in begun
    back = client.get(f"/pay/return/{reference}?vnp_ResponseCode=00&vnp_SecureHash=forged")
    assert "Đang chờ xác nhận" in back.text
    assert f"/pay/{token}" in back.text, "this browser finds back to its bill"
    assert client.get(f"/pay/{token}/state").json == {"state": "open"}, "coming back books nothing"
    stranger = site.client().get(f"/pay/return/{reference}").text
    assert token not in stranger
    assert "Đ.T.A." not in stranger
    assert client.get(f"/pay/return/{reference}/state").json == {"state": "waiting"}
    site.ipn(reference, TOTAL)
    assert client.get(f"/pay/return/{reference}/state").json == {"state": "received"}
    assert "Xem phiếu thu và biên lai" in client.get(f"/pay/return/{reference}").text
    gone = client.get(address)
    assert (gone.status_code, gone.headers["Location"]) == (303, f"/pay/{token}"), "nobody is sent to pay again"


def test_a_payment_that_fails_can_be_repeated(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    reference = _reference(site.begin(client, token, site.vnpay))
    site.ipn(reference, TOTAL, ResponseCode="24", TransactionStatus="02")
    page = client.get(f"/pay/return/{reference}").text
    assert "Thanh toán chưa thành công" in page
    assert "Về phiếu thu, nộp lại" in page
    assert "đã có người bắt đầu" not in client.get(f"/pay/{token}").text
    site.ipn(reference, TOTAL, TransactionNo="14422575")
    assert "Đã nhận tiền" in client.get(f"/pay/return/{reference}").text, "late success is success"


def test_a_cancelled_bill_asks_for_nothing(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    address = site.begin(client, token, site.vietqr)
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        corrections.cancel_bill(ctx, site.bills[PUPIL], "Chuyển trường")
    page = client.get(f"/pay/{token}")
    assert page.status_code == 200
    assert "đã hủy phiếu thu" in page.text
    assert "Chuyển trường" not in page.text
    assert 'type="radio"' not in page.text
    assert "Xin đừng chuyển tiền nữa" in client.get(address).text
    assert client.get(f"/pay/{token}/state").json == {"state": "cancelled"}
    assert client.post(f"/pay/{token}", data={"channel": str(site.vietqr)}).status_code == 303


def test_a_bill_of_nothing_says_so_and_why(site: PaySite) -> None:
    client, token = site.client(), site.token(FREE)
    page = client.get(f"/pay/{token}").text
    assert "Lần này không phải nộp tiền" in page
    assert "Được giảm 100%" in page
    assert "Đã nộp đủ" not in page
    assert 'type="radio"' not in page
    assert client.post(f"/pay/{token}", data={"channel": str(site.vietqr)}).status_code == 303


def test_an_overdue_bill_can_still_be_paid(site: PaySite) -> None:
    site.clock.forward(days=40)
    page = site.client().get(f"/pay/{site.token(PUPIL)}").text
    assert "Quá hạn" in page
    assert 'type="radio"' in page


def test_english_is_complete(site: PaySite) -> None:
    client, token = site.client(), site.token(EXEMPT)
    page = client.get(f"/pay/{token}?lang=en").text
    for said in ("Pupil L.L.L., class 1A", "No fee", "Fee 3.300", "Reduced by 50%", "Meals", "Why this amount?"):
        assert said in page


def test_a_part_is_paid_where_it_was_agreed(site: PaySite) -> None:
    """The next part is proposed; anything else but the parts and the whole is refused."""
    client, token, half = site.client(), site.token(PUPIL), TOTAL // 2
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        days = Part(date(2026, 10, 1), half), Part(date(2026, 11, 1), TOTAL - half)
        parts.split_bill(ctx, site.bills[PUPIL], days)
    page = client.get(f"/pay/{token}").text
    assert "Nộp 705.900" in page
    assert "Toàn bộ: 1.411.800" in page
    nonce = "n" * 24
    data = {"channel": str(site.vietqr), "nonce": nonce, "amount": "700000"}
    refused = client.post(f"/pay/{token}", data=data)
    assert (refused.status_code, "các đợt đã thỏa thuận" in refused.text) == (422, True)
    address = client.post(f"/pay/{token}", data={**data, "amount": "705900"}).headers["Location"]
    reference = _reference(address)
    before = client.get(f"{address}/state").json
    site.transfer(reference, half)
    assert client.get(f"{address}/state").json != before
    assert client.get(f"/pay/{token}/state").json == {"state": "part"}
    again = client.post(f"/pay/{token}", data={**data, "amount": "705900"}).headers["Location"]
    site.transfer(_reference(again), TOTAL - half, txn="FT26326000777", number=9277)
    assert client.get(f"/pay/{token}/state").json == {"state": "receipt"}
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.verify(ctx) == []


def test_a_part_that_the_school_allows_on_the_ways_that_carry_it(site: PaySite) -> None:
    client, token = site.client(), site.token(PUPIL)
    assert "Số tiền khác" not in client.get(f"/pay/{token}?amount=500000").text
    with site.db.context(SYSTEM, site.world.school, clock=site.clock) as ctx:
        settings.put(ctx, PARTS_FREE, True)
    page = client.get(f"/pay/{token}?amount=500.000").text
    assert "Nộp 500.000" in page
    assert "Phí 3.300\u00a0₫ → trả 503.300\u00a0₫" in page, "the fee of what is paid now"
    data = {"channel": str(site.vnpay), "nonce": "n" * 24}
    assert client.post(f"/pay/{token}", data={**data, "amount": "99000"}).status_code == 422
    address = client.post(f"/pay/{token}", data={**data, "amount": "500000"}).headers["Location"]
    site.ipn(_reference(address), 500_000)
    assert "Nộp 911.800" in client.get(f"/pay/{token}").text
    with site.db.context(SYSTEM, site.world.school) as ctx:
        assert ledger.verify(ctx) == []
