"""Printed notices as PDF: a job for a class or all classes, a sheet for each pupil or each family."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from pypdf import PdfReader

from core.data.session import Database
from core.kernel.registry import Registry
from core.people.models import Person, Relation
from core.people.services import derived
from core.sdk.data import new_id
from tests.conftest import SignIn

from .conftest import Moment, World
from .pay_site import EXEMPT, FREE, SYSTEM, PaySite, build

AN, HUONG = "Đỗ Thị An", "Phan Ánh Hương"


@pytest.fixture
def site(app: Flask, db: Database, registry: Registry, world: World, clock: Moment) -> PaySite:
    return build(app, db, registry, world, clock)


def _made(site: PaySite, sign_in: SignIn, class_name: str, what: str) -> bytes:
    client = sign_in(site.world.school, "accountant")
    home = f"/finance/rounds/{site.world.round_id}/notices"
    data = {"class": class_name, "what": what, "csrf_token": client.csrf}  # type: ignore[attr-defined]
    assert client.post(home, data=data).status_code in (302, 303)
    site.drain()
    links = re.findall(r"/finance/notices/[0-9a-f-]{36}", client.get(home).text)
    answer = client.get(links[0])
    assert answer.status_code == 200, answer.headers
    content: bytes = answer.data
    return content


def _pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_a_class_has_a_sheet_for_each_pupil_who_owes(site: PaySite, sign_in: SignIn) -> None:
    pages = _pages(_made(site, sign_in, "1A", "pupil"))
    assert len(pages) == 2
    [half] = [page for page in pages if EXEMPT in page]
    for shown in ("438.000", "15/10/2026", "MB Bank", "0001234567890", "NQ 20/2026/NQ-HĐND", "đã giảm 288.000"):
        assert shown in half, shown
    free, dear = half.index("không mất phí"), half.index("phí 3.300")
    assert free < dear, "the way without a fee first, each fee told"
    assert "Hộ nghèo" not in half
    assert not any(FREE in page for page in pages)


def test_all_classes_by_family_are_one_archive(site: PaySite, sign_in: SignIn) -> None:
    mother: UUID = new_id()
    with site.db.context(SYSTEM, site.world.school) as ctx:
        ctx.session.add(Person(id=mother, full_name="Nguyễn Thị Mẹ", **derived("Nguyễn Thị Mẹ", codes=[])))
        ctx.session.flush()
        for child in (AN, HUONG):
            ctx.session.add(Relation(person_id=mother, related_id=site.world.pupils[child], kind="mother"))
    with zipfile.ZipFile(BytesIO(_made(site, sign_in, "", "family"))) as archive:
        sheets = [page for name in archive.namelist() for page in _pages(archive.read(name))]
    assert len(sheets) == 4, "five pupils owe, two are of one family"
    [together] = [sheet for sheet in sheets if HUONG in sheet]
    assert AN in together
    assert "2.295.750" in together


def test_only_who_publishes_prints(site: PaySite, school: UUID, sign_in: SignIn) -> None:
    home = f"/finance/rounds/{site.world.round_id}/notices"
    office = sign_in(site.world.school, "office")
    assert office.post(home, data={"csrf_token": office.csrf}).status_code == 403  # type: ignore[attr-defined]
    assert sign_in(school, "accountant").get(f"/finance/notices/{new_id()}").status_code == 404
    mine = sign_in(site.world.school, "accountant")
    answer = mine.post(home, data={"class": "9Z", "csrf_token": mine.csrf}, follow_redirects=True)  # type: ignore[attr-defined]
    assert "Không ai trong lớp này" in answer.text
