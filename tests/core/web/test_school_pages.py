"""Pages of the school about itself, and of the operator about all schools."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from core.data.session import Database
from core.school import calendar, organisations, services, sites
from core.types.actor import Actor
from tests.conftest import SignIn


def _post(client: FlaskClient, url: str, **form: str) -> tuple[int, str]:
    answer = client.post(url, data={**form, "csrf_token": client.csrf})  # type: ignore[attr-defined]
    return answer.status_code, answer.get_data(as_text=True)


def test_the_head_keeps_details_sites_and_calendar(db: Database, school: UUID, system: Actor, sign_in: SignIn) -> None:
    client = sign_in(school, "head")
    details = {"name": "Trường THCS Hoa Phượng Đỏ", "level": "lower_secondary", "ownership": "people_founded"}
    assert _post(client, "/school/details", **details, address="1 phố Huế", phone="")[0] == 303
    status, page = _post(client, "/school/details", **{**details, "name": "", "level": "x"})
    assert (status, "f-name" in page, "f-level" in page) == (422, True, True)
    assert _post(client, "/school/site", site_name="Điểm chính")[0] == 303
    assert _post(client, "/school/site", site_name="Điểm chính")[0] == 422
    assert _post(client, "/school/calendar/frame")[0] == 303
    assert _post(client, "/school/calendar/day", kind="event", name="Khai giảng", starts_on="2026-09-05")[0] == 303
    status, page = _post(client, "/school/calendar/day", kind="event", name="Trại hè", starts_on="mai")
    assert status == 422
    assert "Trại hè" in page, "what was typed is kept"
    terms = {"term1_from": "2026-09-07", "term1_to": "2027-01-16", "term2_from": "2027-01-10", "term2_to": "2027-05-29"}
    status, page = _post(client, "/school/calendar/terms", **terms)
    assert (status, "e-term2_from" in page) == (422, True)
    assert _post(client, "/school/calendar/terms", **{**terms, "term2_from": "2027-01-18"})[0] == 303
    page = client.get("/school/calendar").get_data(as_text=True)
    assert "Người thử" in page, "the frame of the page knows the person"
    assert all(word in page for word in ("Tết Nguyên đán", "Khai giảng", "16/01/2027"))
    with db.context(system, school) as ctx:
        assert services.school_of(ctx).ownership == "people_founded"
        assert [site.main for site in sites.sites(ctx)] == [True]
        year = services.current_year(ctx).id
        gone = next(day.id for day in calendar.days(ctx, year) if day.name == "Khai giảng")
    assert _post(client, "/school/calendar/remove", day_id=str(gone))[0] == 303


@pytest.mark.parametrize(("role", "status"), [("office", 200), ("accountant", 403), ("parent", 403)])
def test_who_looks_and_who_changes(school: UUID, sign_in: SignIn, role: str, status: int) -> None:
    client = sign_in(school, role)
    assert client.get("/school/").status_code == status
    assert client.get("/school/calendar").status_code == status
    assert _post(client, "/school/details", name="x")[0] == 403
    assert client.get("/organisations").status_code == 403


def test_the_operator_builds_the_tree_and_places_a_school(
    db: Database, school: UUID, system: Actor, sign_in: SignIn
) -> None:
    client = sign_in(school, "operator")
    assert client.get("/organisations").status_code == 200
    assert _post(client, "/organisations/new", kind="commune", name="Phường Hoàn Kiếm", code="00070")[0] == 422
    assert _post(client, "/organisations/new", kind="ministry", name="Bộ", code="BGDDT")[0] == 303
    with db.all_schools(system) as ctx:
        ministry = organisations.tree(ctx)[0].id
    made = {"kind": "department", "name": "Sở GDĐT Hà Nội", "code": "01", "parent_id": str(ministry)}
    assert _post(client, "/organisations/new", **made)[0] == 303
    assert _post(client, "/organisations/new", **made)[0] == 422
    with db.all_schools(system) as ctx:
        department = organisations.tree(ctx)[1].id
    here = f"/organisations/{department}"
    assert _post(client, here, step="place")[0] == 422
    assert _post(client, here, step="place", school_id=str(school), reason="QĐ 1")[0] == 303
    former = {"former_kind": "district", "former_name": "Quận Hoàn Kiếm", "former_until": "2025-06-30"}
    assert _post(client, here, step="former", **former)[0] == 303
    assert _post(client, here, step="rename", name="Sở Giáo dục Hà Nội")[0] == 303
    page = client.get(here).get_data(as_text=True)
    assert all(word in page for word in ("Quận Hoàn Kiếm", "Sở GDĐT Hà Nội", "Trường THCS Hoa Phượng"))
    assert "Trường THCS Hoa Phượng" in client.get("/oversight").get_data(as_text=True)
    assert "QĐ 1" in sign_in(school, "head").get("/school/").get_data(as_text=True)
