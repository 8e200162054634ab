"""The main job of the product, from the school's own list to the receipt in a parent's hand.

Real programs, real files, a real browser: `make e2e`.
"""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from core.sdk.links import make_link
from core.types.clock import utc_now
from core.types.money import format_vnd

from .conftest import PASSWORD
from .pages.accountant import Accountant, FeeItem, PayLink, approve
from .pages.office import Office, Plan
from .pages.parent import Parent
from .pages.staff import sign_in, sign_in_by_keys
from .programs import Installation, fetch
from .watching import DESKTOP, PHONE, Chromium

ACCOUNT = {"bin": "970422", "number": "0001234567890", "name": "TRUONG THCS HOA PHUONG"}
KEYS = {
    "merchant_code": "E2ESCH01",
    "hash_secret": "e2e-vnpay-secret-0123456789ABCDEF",
    "bank_secret": "e2e-bank-secret-0123456789",
}
FEE = 3300
FULL = 20 * 38_000 + 12_000 + 631_800
"""A bill in class 6A1, in dong."""
REDUCED = FULL - 20 * 38_000 // 2
GIFT = 50_000
"""A transfer that names nobody."""
REASON = "Hộ cận nghèo: giảm một nửa tiền ăn"
MEALS = FeeItem("tien_an", "Tiền ăn bán trú", "Meals", "meal", "day", "Nghị quyết 18/2025/NQ-HĐND")
WATER = FeeItem("nuoc_uong", "Nước uống", "Drinking water", "service", "month", "Nghị quyết 18/2025/NQ-HĐND")
INSURANCE = FeeItem("bhyt", "Bảo hiểm y tế", "Health insurance", "insurance", "year", "Nghị định 188/2025/NĐ-CP")
ITEMS = (MEALS, WATER, INSURANCE)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(900)]


def test_a_school_bills_its_pupils_and_parents_pay(
    installation: Installation, chromium: Chromium, shared: Path
) -> None:
    the_office_imports_its_list(installation, chromium, shared)
    notify = the_head_sets_up_channels(installation, chromium)
    installation.start_providers(notify, KEYS, ":".join(ACCOUNT.values()))
    pupils = good_pupils(shared)[:5]
    the_accountant_publishes_a_round(installation, chromium, shared, pupils[0])
    links = the_accountant_reads_the_bills(installation, chromium, pupils)
    installation.disturb_the_providers()
    receipt = a_parent_scans_the_code(installation, chromium, pupils[0], links[0])
    a_parent_pays_at_vnpay(installation, chromium, links[1])
    a_parent_pays_without_touching(installation, chromium, links[2])
    a_parent_reads_english_in_the_dark(chromium, links[3])
    nobody_opens_what_is_not_theirs(installation, chromium, links[3])
    the_notices_came_more_than_once(installation)
    the_accountant_sees_it_all(installation, chromium, pupils[:3], receipt)
    assert "agree" in installation.truong("ledger", "verify")
    assert "unbroken" in installation.truong("audit", "verify")


def truth_of(shared: Path, name: str = "learners-thcs") -> dict[str, Any]:
    """What the README beside the data says must come out."""
    found: dict[str, Any] = json.loads((shared / f"data/expected/{name}.json").read_text("utf-8"))
    return found


def good_pupils(shared: Path) -> list[dict[str, Any]]:
    """Pupils whose rows have nothing to check; the first ones are in class 6A1."""
    return [row["value"] for row in truth_of(shared)["rows"] if row["status"] == "accept"]


def the_office_imports_its_list(at: Installation, chromium: Chromium, shared: Path) -> None:
    """The workbook as it is: plan, refused rows back, confirm, undo, and confirm again."""
    truth = truth_of(shared)["summary"]
    with chromium.visit(**DESKTOP) as visit:
        office = Office(visit, at.web)
        sign_in(visit, at.web, "vanphong", PASSWORD)
        visit.look("office-start")
        plan = office.upload(shared / "data/learners-thcs.xlsx")
        assert plan == Plan(truth["accept"] + truth["warn"], truth["warn"], truth["refuse"])
        assert len(office.tab("Refused")) == truth["refuse"]
        visit.look("import-refused")
        assert len(office.tab("To check")) == 50
        visit.look("import-check")
        assert len(office.refused_workbook()) == truth["refuse"]
        assert office.pupils() == 0, "a plan alone changes nothing"
        visit.page.go_back()
        office.confirm(plan.new)
        assert office.pupils() == truth["learners_after_import"]
        visit.look("pupils")
        visit.page.go_back()
        office.undo()
        assert office.pupils() == 0
        office.upload(shared / "data/learners-thcs.xlsx")
        office.confirm(plan.new)
        assert office.pupils() == truth["learners_after_import"]
        assert any("Nguyễn" in row for row in office.find("nguyen"))


def the_head_sets_up_channels(at: Installation, chromium: Chromium) -> dict[str, str]:
    """Where the money goes is the head's business: VietQR to the own account, VNPay, the bank's notices."""
    with chromium.visit(**DESKTOP) as visit:
        settings = Accountant(visit, at.web)
        sign_in(visit, at.web, "hieutruong", PASSWORD)
        settings.open("channels")
        visit.look("channels-empty")
        vietqr = {
            "Bank (BIN of NAPAS)": ACCOUNT["bin"],
            "Account or card number": ACCOUNT["number"],
            "Account holder": ACCOUNT["name"],
        }
        assert not settings.add_channel("vietqr", vietqr), "a transfer has no notice of its own"
        vnpay = {
            "Terminal code (vnp_TmnCode)": KEYS["merchant_code"],
            "Secret key (vnp_HashSecret)": KEYS["hash_secret"],
            "Address of the payment page": f"{at.vnpay}/paymentv2/vpcpay.html",
            "Address for queries and refunds": f"{at.vnpay}/merchant_webapi/api/transaction",
        }
        vnpay_notices = settings.add_channel("vnpay", vnpay, fee=FEE)
        assert visit.page.get_by_text(KEYS["hash_secret"]).count() == 0, "a secret is never shown again"
        visit.look("channel")
        bank = {"Signing key of the notifier": KEYS["bank_secret"], "Account number": ACCOUNT["number"]}
        bank_notices = settings.add_channel("bank_notices", bank)
        settings.open("channels")
        visit.look("channels")
        assert vnpay_notices and bank_notices
        return {"vnpay": vnpay_notices, "bank_notices": bank_notices}


def the_accountant_publishes_a_round(
    at: Installation, chromium: Chromium, shared: Path, exempt: dict[str, Any]
) -> None:
    """Items, prices by class, an exemption that the head approves, every bill before it goes out."""
    with chromium.visit(**DESKTOP) as visit, chromium.visit(**DESKTOP) as other:
        accountant = Accountant(visit, at.web)
        sign_in(visit, at.web, "ketoan", PASSWORD)
        for item in ITEMS:
            accountant.add_item(item)
        exemption = accountant.ask_for_exemption(exempt["mahocsinh"], 50, [MEALS.label], REASON)
        visit.look("exemption-waits")
        sign_in(other, at.web, "hieutruong", PASSWORD)
        approve(other, exemption)
        other.look("exemption-approved")

        accountant.open_round("Các khoản thu tháng 11/2026", "2026-11", date(2026, 11, 30))
        visit.look("round-items")
        accountant.choose_items(ITEMS)
        everybody = visit.say("Whole school")
        accountant.set_price(everybody, MEALS, "35.000", days=20)
        accountant.set_price(everybody, WATER, "12000")
        accountant.set_price(everybody, INSURANCE, "631.800 đ")
        accountant.paste_prices(f"Lớp\t{MEALS.label}\n6A1\t38k\n6A2\t36.000\n")
        visit.look("round-prices")
        visit.choose("Next: exceptions")
        visit.look("round-exceptions")
        visit.follow(visit.link("Next: look at every bill"))

        classes = truth_of(shared)["summary"]["per_class"]
        meals = 20 * (
            35_000 * (1160 - classes["6A1"] - classes["6A2"]) + 38_000 * classes["6A1"] + 36_000 * classes["6A2"]
        )
        total = meals + 1160 * (12_000 + 631_800) - 20 * 38_000 // 2
        assert accountant.preview_total() == (1160, total)
        visit.look("round-preview")
        accountant.publish(1160)
        visit.look("round-published")


def the_accountant_reads_the_bills(at: Installation, chromium: Chromium, pupils: list[dict[str, Any]]) -> list[PayLink]:
    """Every line says why; each bill has a link for the family."""
    with chromium.visit(**DESKTOP) as visit:
        accountant = Accountant(visit, at.web)
        sign_in(visit, at.web, "ketoan", PASSWORD)
        links: list[PayLink] = []
        for pupil in reversed(pupils):
            accountant.open_bill(pupil["mahocsinh"])
            links.insert(0, accountant.pay_link())
        line = next(text for text in accountant.explained() if MEALS.label in text)
        for told in ("20 × 38.000 ₫", "380.000 ₫", MEALS.legal_basis, REASON, "12/2026", "Lê Minh Quân"):
            assert told in line, f"{told} is not among: {line}"
        visit.look("bill")
        return links


def a_parent_scans_the_code(at: Installation, chromium: Chromium, pupil: dict[str, Any], link: PayLink) -> str:
    """VietQR, read from the screen by a bank app; the page turns by itself. Gives the number of the receipt."""
    with chromium.visit(**PHONE) as visit:
        parent = Parent(visit, link.url)
        parent.open()
        read = parent.text()
        assert pupil["hovaten"] not in read
        assert "6A1" in read
        for line in (MEALS.label, WATER.label, INSURANCE.label, format_vnd(REDUCED)):
            assert line in read
        ways = parent.channels()
        assert "VietQR" in ways[0]
        assert visit.say("No fee") in ways[0]
        assert format_vnd(FEE).replace("\xa0", " ") in ways[1]
        assert format_vnd(REDUCED + FEE).replace("\xa0", " ") in ways[1]
        visit.look("pay-bill")
        parent.explain()
        assert "20 × 38.000" in parent.text().replace("\xa0", " ")
        visit.look("pay-bill-explained")
        parent.pay("VietQR", REDUCED)
        visit.look("pay-transfer")
        transfer = {"qr": parent.qr(), "payer": "NGO HUU CHIEN"}
        booked = fetch(f"{at.bank}/transfers", transfer)
        assert booked["amount"] == REDUCED
        fetch(f"{at.bank}/transfers", {"account": ACCOUNT["number"], "amount": GIFT, "memo": "ung ho quy lop"})
        parent.wait_until_paid()
        receipt = read_pdf(parent.receipt())
        visit.look("pay-received")
        initials = "".join(f"{word[0]}." for word in pupil["hovaten"].split())
        assert pupil["hovaten"] not in receipt, "who has only the link reads initials"
        for told in (initials, "6A1", f"{REDUCED:,}".replace(",", "."), "Hoa Phượng"):
            assert told in receipt, f"{told} is not on the receipt: {receipt}"
        parent.open()
        visit.look("pay-paid")
        return receipt


def a_parent_pays_at_vnpay(at: Installation, chromium: Chromium, link: PayLink) -> None:
    """By redirect to the page of the service and back."""
    with chromium.visit(**PHONE) as visit:
        parent = Parent(visit, link.url)
        parent.open()
        parent.pay("VNPay", FULL)
        visit.page.wait_for_url(f"{at.vnpay}/**")
        assert f"{FULL:,}".replace(",", ".") in parent.text()
        visit.page.get_by_role("button", name="Thanh toán thành công").click()
        visit.page.wait_for_url(f"{at.web}/pay/return/**")
        parent.wait_until_paid()
        visit.look("pay-back")
        visit.follow(visit.link("Bill and receipt"))
        assert read_pdf(parent.receipt())


def a_parent_pays_without_touching(at: Installation, chromium: Chromium, link: PayLink) -> None:
    """Keyboard only, from the bill to the thanks; VNPay tells of it three times."""
    fetch(f"{at.vnpay}/control/faults", {"duplicate": 2})
    with chromium.visit(**DESKTOP) as visit:
        parent = Parent(visit, link.url)
        parent.open()
        parent.tab_to('input[name="channel"]')
        visit.page.keyboard.press("ArrowDown")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url(f"{at.vnpay}/**")
        parent.tab_to('button[value="success"]')
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url(f"{at.web}/pay/return/**")
        parent.wait_until_paid()


def a_parent_reads_english_in_the_dark(chromium: Chromium, link: PayLink) -> None:
    """The language is one touch away; the colours follow the phone."""
    with chromium.visit(**PHONE, color_scheme="dark") as visit:
        Parent(visit, link.url).open()
        visit.look("pay-bill-dark")
        visit.follow(visit.page.get_by_role("link", name="English"))
        expect(visit.page.get_by_text("How do you want to pay?")).to_be_visible()
        assert MEALS.english in Parent(visit, link.url).text()
        visit.look("pay-bill-english-dark")


def nobody_opens_what_is_not_theirs(at: Installation, chromium: Chromium, link: PayLink) -> None:
    """A link that is over says how to get a new one; a changed link opens nothing."""
    over = make_link("finance.bill", link.bill_id, utc_now() - timedelta(minutes=1))
    with chromium.visit(**PHONE) as visit:
        visit.expects_errors = True
        answer = visit.page.goto(f"{at.web}/pay/{over}")
        assert answer is not None
        assert answer.status == 410
        expect(visit.page.get_by_text(visit.say("How to get a new one"))).to_be_visible()
        visit.look("pay-expired")
        changed = link.url[:-1] + ("A" if link.url[-1] != "A" else "B")
        answer = visit.page.goto(changed)
        assert answer is not None
        assert answer.status == 404
        visit.look("pay-unknown")


def the_notices_came_more_than_once(at: Installation) -> None:
    """What the providers did to us on purpose, as they saw it themselves."""
    bank = fetch(f"{at.bank}/control/calls?wait=5")
    assert sorted(call["fault"] for call in bank) == ["", "", "", "", "dropped"]
    assert all(json.loads(call["body"])["success"] for call in bank if not call["fault"])
    assert bank[0]["about"] > bank[1]["about"], "the later transfer was told first"
    vnpay = fetch(f"{at.vnpay}/control/calls?wait=6")
    assert [call["fault"] for call in vnpay] == ["dropped", "tampered", "", "", "", ""]
    codes = [json.loads(call["body"])["RspCode"] for call in vnpay[1:]]
    assert codes == ["97", "00", "00", "02", "02"], "each payment is confirmed once"


def the_accountant_sees_it_all(at: Installation, chromium: Chromium, paid: list[dict[str, Any]], receipt: str) -> None:
    """Paid bills, receipts without a gap, books that sum to zero, and the money that nobody can be found for."""
    with chromium.visit(**DESKTOP) as visit:
        accountant = Accountant(visit, at.web)
        sign_in_by_keys(visit, at.web, "ketoan", PASSWORD)
        visit.look("accountant-start")
        for pupil in paid:
            accountant.open_bill(pupil["mahocsinh"])
            assert accountant.has_state("Paid")
        visit.look("bill-paid")
        numbers = accountant.receipts()
        assert [number[-6:] for number in numbers] == ["000003", "000002", "000001"]
        assert any(number in receipt for number in numbers)
        visit.look("receipts")
        books = accountant.books()
        assert sum(books.values()) == 0
        assert books[visit.say("Bank account %(name)s", name=ACCOUNT["number"])] == REDUCED + GIFT
        assert (
            books[visit.say("On the way from %(name)s", name=visit.say("VNPay (card, bank account, e-wallet)"))]
            == 2 * FULL
        )
        assert books[visit.say("Money without a name")] == -GIFT
        visit.look("books")
        accountant.open("desk")
        assert format_vnd(GIFT) in visit.page.get_by_role("main").inner_text()
        visit.look("desk")


def read_pdf(content: bytes) -> str:
    """The text of a document, in one line."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_another_school_imports_a_text_file(installation: Installation, chromium: Chromium, shared: Path) -> None:
    truth = truth_of(shared, "learners-primary")["summary"]
    with chromium.visit(**DESKTOP) as visit:
        office = Office(visit, installation.web)
        sign_in(visit, installation.web, "vanphong2", PASSWORD)
        plan = office.upload(shared / "data/learners-primary.csv")
        assert plan == Plan(truth["accept"] + truth["warn"], truth["warn"], truth["refuse"])
        office.confirm(plan.new)
        assert office.pupils() == truth["learners_after_import"]
