"""The accountant: channels, items, a round from its title to its bills, what came in. And the head, who approves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from playwright.sync_api import Locator, expect

from ..watching import Visit


@dataclass(frozen=True)
class FeeItem:
    """Something that the school collects."""

    code: str
    label: str
    english: str
    kind: str
    unit: str
    legal_basis: str


@dataclass(frozen=True)
class PayLink:
    """What the school sends to a family, and the bill that it names."""

    url: str
    bill_id: UUID


@dataclass
class Accountant:
    """At the desk, with keyboard and screen."""

    visit: Visit
    web: str

    def open(self, path: str) -> None:
        self.visit.page.goto(f"{self.web}/finance/{path}")

    def add_channel(self, provider: str, settings: Mapping[str, str], fee: int = 0) -> str:
        """Configure a way of paying; gives the address that its service has to be told, if any."""
        self.open(f"channels/new?provider={provider}")
        for label, value in settings.items():
            self.visit.field(label).fill(value)
        if fee:
            self.visit.field("Fee for the payer, for each payment").fill(str(fee))
        self.visit.choose("Check and save")
        saved = self.visit.say("The channel is saved and its settings are usable.")
        expect(self.visit.page.get_by_text(saved)).to_be_visible()
        notice = self.visit.page.locator("[data-copy*='/notices/']")
        return str(notice.get_attribute("data-copy")) if notice.count() else ""

    def add_item(self, item: FeeItem) -> None:
        self.open("items/new")
        self.visit.field("Name in Vietnamese").fill(item.label)
        self.visit.page.locator("#f-label_en").fill(item.english)
        self.visit.field("Short code").fill(item.code)
        self.visit.field("Kind").select_option(item.kind)
        self.visit.field("Unit").select_option(item.unit)
        self.visit.field("Act or decision that allows it").fill(item.legal_basis)
        self.visit.choose("Save the item")
        expect(self.visit.page.get_by_text(self.visit.say("The item is saved."))).to_be_visible()

    def ask_for_exemption(self, pupil: str, percent: int, items: Sequence[str], reason: str) -> str:
        """Enter an exemption for the pupil with this code; gives its address. It waits for the head."""
        self.open("exemptions/new")
        self.choose_pupil(pupil)
        self.visit.field("Group").select_option("near_poor")
        self.visit.field("Reduction").fill(str(percent))
        for item in items:
            self.visit.page.get_by_label(item, exact=True).check()
        self.visit.field("Reason, as the family reads it").fill(reason)
        self.visit.field("Act or decision").fill("Nghị quyết 17/2025/NQ-HĐND")
        self.visit.field("Paper that was shown").fill("Giấy chứng nhận hộ cận nghèo 12/2026")
        self.fill_day("From", date(2026, 9, 1))
        self.fill_day("Until", date(2027, 5, 31))
        self.visit.choose("Enter the exemption")
        expect(self.visit.page.get_by_text(self.visit.say("Waits for approval")).first).to_be_visible()
        return self.visit.page.url

    def choose_pupil(self, words: str) -> None:
        box = self.visit.page.get_by_role("main").get_by_role("searchbox")
        box.fill(words)
        with self.visit.page.expect_navigation():
            box.press("Enter")
        self.visit.follow(self.visit.page.locator("a.task").first)

    def fill_day(self, label: str, day: date) -> None:
        """On a computer a day is typed as it is written."""
        self.visit.field(label).fill(f"{day:%d/%m/%Y}")

    def open_round(self, title: str, month: str, due_on: date) -> None:
        """First step of a round."""
        self.open("rounds/new")
        self.visit.field("Title, as parents read it").fill(title)
        self.visit.field("Month that is collected for").fill(month)
        self.fill_day("Pay until", due_on)
        self.visit.choose("Next: items")

    def choose_items(self, items: Sequence[FeeItem]) -> None:
        for item in items:
            self.visit.page.locator("label.box", has_text=item.label).get_by_role("checkbox").check()
        self.visit.choose("Next: prices")

    def set_price(self, row: str, item: FeeItem, price: str, days: int | None = None) -> None:
        """One cell of the grid, and beside it the days."""
        grid = self.visit.page.get_by_role("table", name=self.visit.say("Prices by class"))
        grid.get_by_label(f"{row}, {item.label}", exact=True).fill(price)
        if days is not None:
            grid.get_by_label(f"{row}, {item.label}, {self.visit.say('Days')}", exact=True).fill(str(days))

    def paste_prices(self, table: str) -> None:
        """Cells copied from a worksheet, put into the grid."""
        self.visit.page.locator("summary", has_text=self.visit.say("Paste a table from Excel")).click()
        self.visit.field("Copied cells, with the header row").fill(table)
        self.visit.choose("Put into the grid")

    def preview_total(self) -> tuple[int, int]:
        """Bills and dong, as the foot of the sums by class says."""
        foot = self.visit.page.locator("#classes tfoot")
        cells = [re.sub(r"\D", "", text) for text in foot.locator("td, th").all_inner_texts()]
        bills, total = (int(digits) for digits in cells if digits)
        return bills, total

    def publish(self, bills: int) -> None:
        """Send the bills out and watch until they are."""
        self.visit.choose("Publish %(count)s bills", count=f"{bills:,}".replace(",", "."))
        self.visit.page.wait_for_url(re.compile(r"^[^?]*/finance/rounds/[0-9a-f-]+$"), timeout=90_000)
        expect(self.visit.page.get_by_text(self.visit.say("Published"), exact=True)).to_be_visible()

    def open_bill(self, pupil: str) -> None:
        """Find the bill of the pupil with this code."""
        self.open(f"bills?q={pupil}")
        self.visit.follow(self.visit.page.get_by_role("main").get_by_role("table").get_by_role("link").first)
        self.visit.page.wait_for_url(re.compile(r"/finance/bills/[0-9a-f-]+$"))

    def pay_link(self) -> PayLink:
        """The link of the open bill for the family."""
        paying = self.visit.page.locator("#pay").get_by_role("link")
        return PayLink(str(paying.get_attribute("href")), UUID(self.visit.page.url.rpartition("/")[2]))

    def explained(self) -> list[str]:
        """What the lines of the open bill say about themselves."""
        for why in self.visit.page.locator("#lines details").all():
            if why.get_attribute("open") is None:
                why.locator("summary").click()
        return [" ".join(text.split()) for text in self.visit.page.locator("#lines tbody tr").all_inner_texts()]

    def has_state(self, word: str) -> bool:
        """The state in the head line of the open page."""
        return self.visit.page.locator(".page-header .state", has_text=self.visit.say(word)).count() == 1

    def receipts(self) -> list[str]:
        """Numbers of the receipts, the newest first."""
        self.open("receipts")
        return self.visit.page.locator("#found tbody tr a.num").all_inner_texts()

    def books(self) -> dict[str, int]:
        """The trial balance: dong by account as it is called there, debit positive, credit negative."""
        self.open("books")
        rows = self.visit.page.get_by_role("table").first.locator("tbody tr").all()
        return {row.locator("th, td").first.inner_text(): _balance(row) for row in rows}


def approve(visit: Visit, exemption: str) -> None:
    """The head reads an exemption and approves it."""
    visit.page.goto(exemption)
    visit.page.get_by_role("region", name=visit.say("Approve?")).get_by_role("button").click()
    expect(visit.page.locator(".page-header .state", has_text=visit.say("Approved"))).to_be_visible()


def _balance(row: Locator) -> int:
    debit, credit = (int(re.sub(r"\D", "", text) or "0") for text in row.locator("td").all_inner_texts()[-2:])
    return debit - credit
