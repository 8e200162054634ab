"""The main job of the product, from the school's own list to the receipt in a parent's hand.

Real programs, real files, a real browser: `make e2e`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import PASSWORD
from .pages.office import Office, Plan
from .pages.staff import sign_in
from .programs import Installation
from .watching import DESKTOP, Chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]


def test_a_school_bills_its_pupils_and_parents_pay(
    installation: Installation, chromium: Chromium, shared: Path
) -> None:
    the_office_imports_its_list(installation, chromium, shared)


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


def test_another_school_imports_a_text_file(installation: Installation, chromium: Chromium, shared: Path) -> None:
    truth = json.loads((shared / "data/expected/learners-primary.json").read_text("utf-8"))["summary"]
    with chromium.visit(**DESKTOP) as visit:
        office = Office(visit, installation.web)
        sign_in(visit, installation.web, "vanphong2", PASSWORD)
        plan = office.upload(shared / "data/learners-primary.csv")
        assert plan == Plan(truth["accept"] + truth["warn"], truth["warn"], truth["refuse"])
        office.confirm(plan.new)
        assert office.pupils() == truth["learners_after_import"]
