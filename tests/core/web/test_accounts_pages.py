"""Pages of accounts and the page behind an invitation."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from core import identity
from core.data.session import Database
from core.types.actor import Actor
from tests.conftest import SignIn

GOOD = "bon con cho vang"


def _add(client: FlaskClient, **form: str) -> tuple[int, str]:
    answer = client.post("/people/accounts/new", data={"csrf_token": client.csrf, **form})  # type: ignore[attr-defined]
    return answer.status_code, answer.headers.get("Location", answer.text)


def _link(page: str) -> str:
    found = re.search(r'href="http://localhost(/invitation/[^"]+)"', page)
    assert found, "the page shows the link"
    return found[1]


def test_from_an_account_to_an_own_password(app: Flask, school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    status, where = _add(head, name="Trần Thu Lan", login="co.lan", role="accountant")
    assert status == 303
    page = head.get(where).text
    assert "chờ đặt mật khẩu" in page
    link = _link(page)
    person = app.test_client()
    form = person.get(link)
    assert form.status_code == 200
    assert "Trần Thu Lan" in form.text
    assert form.headers["Cache-Control"] == "no-store"
    unlike = person.post(link, data={"password": GOOD, "again": GOOD + "x"})
    assert unlike.status_code == 422
    assert "không giống nhau" in unlike.text
    assert GOOD not in unlike.text, "a password is never written back into a page"
    weak = person.post(link, data={"password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    assert 'id="e-password"' in weak.text
    done = person.post(link, data={"password": GOOD, "again": GOOD})
    assert done.status_code == 303
    start = person.get("/").text
    assert "Trần Thu Lan" in start
    assert "Kế toán" in start
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "đã được dùng" in again.text
    assert "Đang dùng" in head.get(where).text


def test_a_wrong_link_is_not_there(app: Flask) -> None:
    assert app.test_client().get("/invitation/" + "A" * 48).status_code == 404
    assert app.test_client().post("/invitation/" + "A" * 48, data={"password": GOOD}).status_code == 404


def test_an_invitation_from_another_site_is_refused(app: Flask, db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        token = identity.invite(ctx, identity.invite_new(ctx, login="a.b", name="Lê An", role="office"))
    form = {"password": GOOD, "again": GOOD}
    evil = app.test_client().post(f"/invitation/{token}", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert evil.status_code == 422
    assert identity.invited(db, token).login == "a.b"


def test_errors_stand_beside_the_fields_and_keep_what_was_typed(school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    assert _add(head, name="Trần <b>Lan</b>", login="co.lan", role="accountant")[0] == 303
    status, page = _add(head, name="Trần <b>Lan</b>", login="co.lan", role="accountant")
    assert status == 422
    assert 'id="e-login"' in page
    assert "Trần &lt;b&gt;Lan&lt;/b&gt;" in page
    for form, field in (
        ({"login": "x.y.z", "role": "office"}, "name"),
        ({"name": "An", "login": "!", "role": "office"}, "login"),
    ):
        status, page = _add(head, **form)
        assert (status, f'id="e-{field}"' in page) == (422, True)
    assert _add(head, name="An", login="an.an", role="operator")[0] in (403, 422)
    assert "an.an" not in head.get("/people/accounts").text, "a refused account leaves nothing behind"


def test_the_office_adds_parents_only_and_reaches_no_higher(school: UUID, sign_in: SignIn) -> None:
    head, clerk = sign_in(school, "head"), sign_in(school, "office")
    where = _add(head, name="Kế Toán", login="ke.toan", role="accountant")[1]
    form = clerk.get("/people/accounts/new").text
    assert "Phụ huynh" in form
    assert 'value="head"' not in form
    assert _add(clerk, name="Sếp", login="sep.moi", role="head")[0] == 403
    page = clerk.get(where)
    assert page.status_code == 200
    assert "/invitation/" not in page.text, "whoever has the link becomes the accountant"
    for step in ("invite", "lock", "give", "take"):
        data = {"csrf_token": clerk.csrf, "role": "accountant"}  # type: ignore[attr-defined]
        assert clerk.post(f"{where}/{step}", data=data).status_code == 403


def test_lock_and_roles(school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    where = _add(head, name="Kế Toán", login="ke.toan", role="accountant")[1]

    def step(name: str, role: str = "") -> str:
        data = {"csrf_token": head.csrf, "role": role}  # type: ignore[attr-defined]
        assert head.post(f"{where}/{name}", data=data).status_code == 303
        return head.get(where).text

    assert "Đã khóa" in step("lock")
    assert "Đã khóa" not in step("unlock")
    assert "Thu hồi vai trò Văn phòng" in step("give", "office")
    assert "Thu hồi vai trò Kế toán" not in step("take", "accountant")


def test_other_schools_and_other_roles_see_nothing(school: UUID, other_school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    where = _add(head, name="Kế Toán", login="ke.toan", role="accountant")[1]
    assert sign_in(other_school, "head").get(where).status_code == 404
    assert "ke.toan" not in sign_in(other_school, "head").get("/people/accounts").text
    assert sign_in(school, "accountant").get("/people/accounts").status_code == 403
    assert sign_in(school, "parent").get(where).status_code == 403


def test_a_guardian_who_is_invited_reaches_the_child(
    app: Flask, db: Database, school: UUID, system: Actor, sign_in: SignIn
) -> None:
    from core.people.services import create_person, relate

    with db.context(system, school) as ctx:
        mother, child = create_person(ctx, "Trần Thị Mẹ"), create_person(ctx, "Nguyễn Văn Con")
        relate(ctx, mother, child, "mother")
    clerk = sign_in(school, "office")
    form = clerk.get(f"/people/accounts/new?person={mother}&name=Trần+Thị+Mẹ&login=%2B84900000001&role=parent").text
    assert 'value="Trần Thị Mẹ"' in form
    made = {"name": "Trần Thị Mẹ", "login": "0900 000 001", "role": "parent", "person": str(mother)}
    status, where = _add(clerk, **made)
    assert status == 303
    link = _link(clerk.get(where).text)
    parent = app.test_client()
    assert parent.post(link, data={"password": GOOD, "again": GOOD}).status_code == 303
    with db.context(system, school) as ctx:
        row = next(row for row in identity.accounts_of_school(ctx) if row.person_id == mother)
    assert row.login == "+84900000001"
    assert _add(clerk, **made | {"login": "me.khac"})[0] == 422, "a person has one account here"
    assert "me.khac" not in clerk.get("/people/accounts").text
