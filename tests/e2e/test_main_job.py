"""The main job of the product, from the school's own list to the receipt in a parent's hand.

Real programs, real files, a real browser: `make e2e`.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from .conftest import PASSWORD
from .pages.accountant import Accountant, FeeItem, approve
from .pages.office import Office, Plan
from .pages.staff import sign_in
from .programs import Installation
from .watching import DESKTOP, Chromium

ACCOUNT = {"bin": "970422", "number": "0001234567890", "name": "TRUONG THCS HOA PHUONG"}
KEYS = {
    "merchant_code": "E2ESCH01",
    "hash_secret": "e2e-vnpay-secret-0123456789ABCDEF",
    "bank_secret": "e2e-bank-secret-0123456789",
}
FEE = 3300
MEALS = FeeItem("tien_an", "Tiền ăn bán trú", "Meals", "meal", "day", "Nghị quyết 18/2025/NQ-HĐND")
WATER = FeeItem("nuoc_uong", "Nước uống", "Drinking water", "service", "month", "Nghị quyết 18/2025/NQ-HĐND")
INSURANCE = FeeItem("bhyt", "Bảo hiểm y tế", "Health insurance", "insurance", "year", "Nghị định 188/2025/NĐ-CP")
ITEMS = (MEALS, WATER, INSURANCE)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]


def test_a_school_bills_its_pupils_and_parents_pay(
    installation: Installation, chromium: Chromium, shared: Path
) -> None:
    the_office_imports_its_list(installation, chromium, shared)
    notify = the_head_sets_up_channels(installation, chromium)
    installation.start_providers(notify, KEYS, ":".join(ACCOUNT.values()))
    links = the_accountant_publishes_a_round(installation, chromium, shared)


def the_office_imports_its_list(at: Installation, chromium: Chromium, shared: Path) -> None:
    """The workbook as it is: plan, refused rows back, confirm, undo, and confirm again."""
    truth = json.loads((shared / "data/expected/learners-thcs.json").read_text("utf-8"))["summary"]
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
        return {"vnpay": vnpay_notices, "bank_notices": bank_notices}


def the_accountant_publishes_a_round(at: Installation, chromium: Chromium, shared: Path) -> list[str]:
    """Items, prices by class, an exemption that the head approves, every bill before it goes out; gives pay links."""
    truth = json.loads((shared / "data/expected/learners-thcs.json").read_text("utf-8"))
    pupils = [row["value"] for row in truth["rows"] if row["status"] == "accept"][:5]
    with chromium.visit(**DESKTOP) as visit, chromium.visit(**DESKTOP) as other:
        accountant = Accountant(visit, at.web)
        sign_in(visit, at.web, "ketoan", PASSWORD)
        for item in ITEMS:
            accountant.add_item(item)
        reason = "Hộ cận nghèo: giảm một nửa tiền ăn"
        exemption = accountant.ask_for_exemption(pupils[0]["mahocsinh"], 50, [MEALS.label], reason)
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
        visit.link("Next: look at every bill").click()

        classes = truth["summary"]["per_class"]
        meals = 20 * (35_000 * (1160 - classes["6A1"] - classes["6A2"]) + 38_000 * classes["6A1"] + 36_000 * classes["6A2"])
        total = meals + 1160 * (12_000 + 631_800) - 20 * 38_000 // 2
        assert accountant.preview_total() == (1160, total)
        visit.look("round-preview")
        accountant.publish(1160)
        visit.look("round-published")

        links = [accountant.open_bill(pupil["mahocsinh"]) for pupil in reversed(pupils)][::-1]
        line = next(text for text in accountant.explained() if MEALS.label in text)
        for told in ("20 × 38.000 ₫", "380.000 ₫", MEALS.legal_basis, reason, "12/2026", "Lê Minh Quân"):
            assert told in line, f"{told} is not among: {line}"
        visit.look("bill")
        return links


def test_another_school_imports_a_text_file(installation: Installation, chromium: Chromium, shared: Path) -> None:
    truth = json.loads((shared / "data/expected/learners-primary.json").read_text("utf-8"))["summary"]
    with chromium.visit(**DESKTOP) as visit:
        office = Office(visit, installation.web)
        sign_in(visit, installation.web, "vanphong2", PASSWORD)
        plan = office.upload(shared / "data/learners-primary.csv")
        assert plan == Plan(truth["accept"] + truth["warn"], truth["warn"], truth["refuse"])
        office.confirm(plan.new)
        assert office.pupils() == truth["learners_after_import"]
