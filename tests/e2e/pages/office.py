"""The school office: from the list of the school to its pupils."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import expect

from ..watching import Visit


@dataclass(frozen=True)
class Plan:
    """The numbers on top of a plan."""

    new: int
    check: int
    refused: int


@dataclass
class Office:
    """A member of the office at the screen."""

    visit: Visit
    web: str

    def upload(self, file: Path) -> Plan:
        """Choose a list and let it be read; nothing is changed by that."""
        self.visit.page.goto(f"{self.web}/learners/imports")
        self.visit.field("List of pupils").set_input_files(file)
        self.visit.choose("Read the list")
        return self.plan()

    def plan(self) -> Plan:
        return Plan(*(self.visit.stat(label) for label in ("New", "To check", "Refused")))

    def tab(self, label: str) -> list[str]:
        """Open the rows of one kind; gives the text of each row on the first page."""
        tabs = self.visit.page.get_by_role("navigation", name=self.visit.say("Rows of the plan"))
        self.visit.follow(tabs.get_by_role("link", name=self.visit.say(label)))
        return self.rows()

    def rows(self) -> list[str]:
        return self.visit.page.locator("#results tbody tr").all_inner_texts()

    def refused_workbook(self) -> list[dict[str, Any]]:
        """The refused rows as the office gets them back in its own layout: those with a remark, by title."""
        with self.visit.page.expect_download() as coming:
            self.visit.link("Refused rows as a file").click()
        book = load_workbook(io.BytesIO(coming.value.path().read_bytes()))
        return [
            row for sheet in book for row in _below_header(list(sheet.values), self.visit.say("Reason for refusal"))
        ]

    def confirm(self, count: int) -> None:
        """Take the plan over."""
        self.visit.choose("Take over %(count)s pupils", count=f"{count:,}".replace(",", "."))
        expect(self.visit.button("Undo this import")).to_be_visible()

    def undo(self) -> None:
        """Take it back."""
        self.visit.choose("Undo this import")
        note = self.visit.say("This import was undone. Everything is as it was before.")
        expect(self.visit.page.get_by_text(note)).to_be_visible()

    def pupils(self) -> int:
        """How many pupils the school has, as the list says."""
        self.visit.page.goto(f"{self.web}/learners/")
        count = self.visit.page.locator("h1 .count")
        return int(count.inner_text().replace(".", "")) if count.count() else 0

    def find(self, words: str) -> list[str]:
        """Pupils by part of a name."""
        self.visit.page.goto(f"{self.web}/learners/")
        self.visit.page.get_by_role("searchbox").last.fill(words)
        self.visit.page.keyboard.press("Enter")
        self.visit.page.wait_for_url(f"{self.web}/learners/?*q=*")
        return self.rows()


def _below_header(rows: list[tuple[Any, ...]], remark: str) -> list[dict[str, Any]]:
    """The rows below the titles that have a remark; the file's own second row of titles has none."""
    head = next(number for number, row in enumerate(rows) if remark in row)
    titles = [str(title) for title in rows[head]]
    found = [dict(zip(titles, row, strict=True)) for row in rows[head + 1 :]]
    return [row for row in found if row[remark]]
