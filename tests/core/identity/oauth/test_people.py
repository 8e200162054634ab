"""The person's side and the API: agreeing in plain words, what a token then opens, and taking it back."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.data.session import Database
from core.people.services import create_person
from core.sdk.testing.fixtures import SECRET, signed_in
from core.types.actor import Actor

from .conftest import BACK, SCOPE, Program, brought_back, make

BALANCE = "/api/v1/payments/trial-balance"
CASH = "/api/v1/payments/cash"


def person(app: Flask, db: Database, school: UUID, *roles: str, name: str = "Trần Thu Lan") -> FlaskClient:
    return signed_in(app, db, school, *roles, name=name)


def access(program: Program, client: FlaskClient, scope: str = SCOPE) -> str:
    answer = program.exchange(program.agree(client, scope=scope)["code"])
    assert answer.status_code == 200, answer.text
    return str(answer.json["access_token"])  # type: ignore[index]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_person_reads_what_an_app_wants_and_decides(
    app: Flask, db: Database, school: UUID, learning: Program
) -> None:
    lan = person(app, db, school, "accountant")
    page = learning.ask(lan, scope=f"openid profile offline_access {SCOPE}")
    assert page.status_code == 200
    for words in (
        "Sổ điểm vui",
        "Luyện tập ở nhà",
        "Trường THCS Hoa Phượng",
        "Đọc họ tên",
        "Giữ kết nối 30 ngày",
        "https://app.example",
    ):
        assert words in page.text
    assert "form-action 'self' https://app.example;" in page.headers["Content-Security-Policy"]
    assert (
        learning.agree(lan, answer="no")
        == {
            "error": "access_denied",
            "error_description": "The resource owner or authorization server denied the request",
            "state": "st&te",
            "iss": "http://localhost",
        }
        or learning.agree(lan, answer="no")["error"] == "access_denied"
    )
    forged = lan.post("/oauth/authorize", query_string=learning.query(), data={"answer": "yes"})
    assert forged.status_code == 422, "another site cannot agree in their place"
    assert "code" in learning.agree(lan, scope="openid profile")
    silent = learning.ask(lan, scope="openid")
    assert "code" in brought_back(silent), "agreed before"
    assert learning.ask(lan, scope="openid", prompt="consent").status_code == 200
    assert learning.ask(lan, scope=f"openid {SCOPE}").status_code == 200, "more than before is asked for"


def test_prompt_and_max_age(app: Flask, db: Database, school: UUID, learning: Program, system: Actor) -> None:
    nobody = app.test_client()
    assert brought_back(learning.ask(nobody, prompt="none"))["error"] == "login_required"
    to_sign_in = learning.ask(nobody)
    assert to_sign_in.status_code == 303
    assert to_sign_in.headers["Location"].startswith("/sign-in?next=")
    lan = person(app, db, school, "accountant")
    assert brought_back(learning.ask(lan, prompt="none"))["error"] == "consent_required"
    assert learning.ask(lan, max_age="3600").status_code == 200
    with db.all_schools(system) as ctx:
        values = {"id": lan.account_id}  # type: ignore[attr-defined]
        late = (
            "UPDATE core_session SET created_at = now() - interval '2 hours', proved_at = NULL WHERE account_id = :id"
        )
        ctx.session.execute(text(late), values)
    assert brought_back(learning.ask(lan, max_age="3600", prompt="none"))["error"] == "login_required"
    again = learning.ask(lan, max_age="3600", prompt="login consent")
    assert again.status_code == 303
    assert "max_age" not in again.headers["Location"]
    assert lan.get("/account").status_code == 302, "the old session is over"


def test_somebody_of_another_school_is_refused(
    app: Flask, db: Database, school: UUID, other_school: UUID, learning: Program
) -> None:
    stranger = person(app, db, other_school, "head")
    assert brought_back(learning.ask(stranger))["error"] == "access_denied"
    assert learning.agree(stranger)["error"] == "access_denied"


def test_a_token_opens_what_person_client_and_scope_share(
    app: Flask, db: Database, school: UUID, system: Actor, learning: Program
) -> None:
    lan, parent = person(app, db, school, "accountant"), person(app, db, school, "parent")
    client = app.test_client()
    assert client.get(BALANCE, headers=bearer(access(learning, lan))).status_code == 200
    assert client.get(BALANCE, headers=bearer(access(learning, lan, "openid"))).status_code == 403, "the scope"
    assert client.get(BALANCE, headers=bearer(access(learning, parent))).status_code == 403, "the person"
    narrow = make(app, db, system, school, redirect_uris=[BACK], permissions=["payments.pay"])
    assert client.get(BALANCE, headers=bearer(access(narrow, lan, "payments:pay"))).status_code == 403, "the client"
    token = access(learning, lan)
    with db.all_schools(system) as ctx:
        ctx.session.execute(
            text("UPDATE core_grant SET valid_until = now() WHERE account_id = :id"),
            {"id": lan.account_id},  # type: ignore[attr-defined]
        )
    assert client.get(BALANCE, headers=bearer(token)).status_code == 403, "roles count at this moment"


def test_a_token_reaches_no_page_and_needs_no_form_token(
    app: Flask, db: Database, school: UUID, service: Program, system: Actor
) -> None:
    token = service.post("token", grant_type="client_credentials", scope=f"{SCOPE} payments:cash:collect").json
    assert token is not None
    with db.context(system, school) as ctx:
        child = create_person(ctx, "Nguyễn Bé An")
    client = app.test_client()
    for path in ("/", "/account", "/programs", "/oauth/authorize"):
        assert client.get(path, headers=bearer(token["access_token"])).status_code in (302, 303, 400), path
    headers = {**bearer(token["access_token"]), "Idempotency-Key": "k1"}
    answer = client.post(CASH, json={"person_id": str(child), "amount": 1000}, headers=headers)
    assert answer.status_code == 201, answer.text
    with db.context(system, school) as ctx:
        query = text("SELECT actor_kind, actor_id, actor_name FROM core_audit_pending WHERE actor_kind = 'client'")
        recorded = ctx.session.execute(query).all()
    assert {tuple(row) for row in recorded} == {("client", UUID(service.id), "Sổ điểm vui")}


def test_the_record_names_the_program(
    app: Flask, db: Database, school: UUID, service: Program, learning: Program, system: Actor
) -> None:
    from core.identity.oauth.bearer import resolve

    lan = person(app, db, school, "accountant")
    token = access(learning, lan)
    registry = app.extensions["truong"].registry
    found = resolve(db, registry, token)
    assert found is not None
    assert (found.actor.kind, found.actor.name) == ("account", "Trần Thu Lan (Sổ điểm vui)")
    assert str(found.actor.client_id) == learning.id
    own = service.post("token", grant_type="client_credentials", scope=SCOPE).json
    assert own is not None
    alone = resolve(db, registry, own["access_token"])
    assert alone is not None
    assert (alone.actor.kind, alone.actor.name, alone.actor.account_id) == ("client", "Sổ điểm vui", None)
    assert alone.actor.permissions == {"payments.ledger.read"}
    assert resolve(db, registry, "trt_" + SECRET[:43]) is None


def test_taking_it_back_ends_everything_at_once(
    app: Flask, db: Database, school: UUID, learning: Program, resource: Program
) -> None:
    lan = person(app, db, school, "accountant")
    tokens = learning.exchange(learning.agree(lan, scope=f"openid offline_access {SCOPE}")["code"]).json
    waiting = learning.agree(lan, scope="openid")["code"]
    assert tokens is not None
    page = lan.get("/account/programs")
    assert "Sổ điểm vui" in page.text
    form = {"csrf_token": lan.csrf}  # type: ignore[attr-defined]
    assert lan.post(f"/account/programs/{learning.id}/withdraw", data=form).status_code == 303
    assert app.test_client().get(BALANCE, headers=bearer(tokens["access_token"])).status_code == 401
    assert resource.post("introspect", token=tokens["refresh_token"]).json == {"active": False}
    refreshed = learning.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json["error"] == "invalid_grant"  # type: ignore[index]
    assert learning.exchange(waiting).json["error"] == "invalid_grant"  # type: ignore[index]
    assert "Sổ điểm vui" not in lan.get("/account/programs").text
    assert learning.ask(lan, scope="openid").status_code == 200, "asked anew"
    assert lan.post(f"/account/programs/{learning.id}/withdraw", data=form).status_code == 404


def test_a_locked_account_takes_its_programs_along(
    app: Flask, db: Database, school: UUID, learning: Program, resource: Program, system: Actor
) -> None:
    lan = person(app, db, school, "accountant")
    tokens = learning.exchange(learning.agree(lan, scope=f"openid offline_access {SCOPE}")["code"]).json
    assert tokens is not None
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("UPDATE core_account SET state = 'disabled' WHERE id = :id"), {"id": lan.account_id})  # type: ignore[attr-defined]
    assert app.test_client().get(BALANCE, headers=bearer(tokens["access_token"])).status_code == 401
    assert resource.post("introspect", token=tokens["access_token"]).json == {"active": False}
    refused = learning.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refused.json["error"] == "invalid_grant"  # type: ignore[index]
