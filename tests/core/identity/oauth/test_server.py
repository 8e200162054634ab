"""The traps S1 to S9 of the authorization server, each by its name, and what a stranger may try."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from core.data.session import Database
from core.types.actor import Actor
from tests.conftest import SignIn

from .conftest import BACK, SCOPE, VERIFIER, Program, brought_back, make


def service_token(service: Program, scope: str = SCOPE) -> str:
    answer = service.post("token", grant_type="client_credentials", scope=scope)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return str(answer.json["access_token"])


@pytest.mark.parametrize("kind", ["learning", "public_app"])
def test_s1_s2_no_code_without_a_challenge_for_any_client(
    kind: str, request: pytest.FixtureRequest, school: UUID, sign_in: SignIn
) -> None:
    program: Program = request.getfixturevalue(kind)
    head = sign_in(school, "head")
    refused = brought_back(program.ask(head, code_challenge=None, code_challenge_method=None))
    assert refused["error"] == "invalid_request"
    assert "code" not in refused
    assert program.agree(head, code_challenge=None)["error"] == "invalid_request"


@pytest.mark.parametrize("method", ["plain", "S512"])
def test_s3_plain_is_refused(method: str, learning: Program, school: UUID, sign_in: SignIn) -> None:
    refused = brought_back(learning.ask(sign_in(school, "head"), code_challenge_method=method))
    assert refused["error"] == "invalid_request"


def test_s3_plain_is_not_the_default_either(learning: Program, school: UUID, sign_in: SignIn) -> None:
    code = learning.agree(sign_in(school, "head"), code_challenge=VERIFIER, code_challenge_method=None)["code"]
    assert learning.exchange(code).json == {"error": "invalid_grant", "error_description": "Code challenge failed."}


@pytest.mark.parametrize(
    "scope", ["finance:round:publish", f"{SCOPE} finance:round:publish", "core:accounts:manage", ""]
)
def test_s4_a_scope_that_the_client_lacks_is_refused_whole(scope: str, service: Program) -> None:
    answer = service.post("token", grant_type="client_credentials", scope=scope)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")  # type: ignore[index]


def test_s5_access_tokens_live_at_most_fifteen_minutes(
    service: Program, learning: Program, school: UUID, sign_in: SignIn, db: Database, system: Actor
) -> None:
    own = service.post("token", grant_type="client_credentials", scope=SCOPE).json
    code = learning.agree(sign_in(school, "head"), scope="openid offline_access")["code"]
    first = learning.exchange(code).json
    second = learning.post("token", grant_type="refresh_token", refresh_token=first["refresh_token"]).json  # type: ignore[index]
    for token in (own, first, second):
        assert token is not None
        assert 0 < token["expires_in"] <= 900
    with db.all_schools(system) as ctx:
        lives = ctx.session.execute(text("SELECT expires_at - issued_at FROM core_oauth_token WHERE kind = 'access'"))
        assert all(life <= timedelta(minutes=15) for life in lives.scalars())


def test_s6_no_secret_stands_in_the_database(
    service: Program, learning: Program, school: UUID, sign_in: SignIn, db: Database, system: Actor
) -> None:
    code = learning.agree(sign_in(school, "head"), scope="openid offline_access")["code"]
    tokens = learning.exchange(code).json
    assert tokens is not None
    secrets = [
        service.secret,
        learning.secret,
        code,
        tokens["access_token"],
        tokens["refresh_token"],
        tokens["id_token"],
    ]
    secrets.append(service_token(service))
    with db.all_schools(system) as ctx:
        tables = ctx.session.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'core%'")
        ).scalars()
        dump = "\n".join(
            str(row[0])
            for table in list(tables)
            for row in ctx.session.execute(text(f"SELECT t::text FROM {table} t"))  # noqa: S608
        )
        private = ctx.session.execute(text("SELECT sealed FROM core_oauth_key")).scalar_one()
    assert "Sổ điểm vui" in dump, "the dump is one"
    assert [s for s in secrets if s in dump or s.encode().hex() in dump] == []
    assert "PRIVATE" not in private


def test_s7_only_a_resource_server_of_the_school_learns_what_a_token_is_worth(
    service: Program, learning: Program, resource: Program, other_school: UUID, app: Flask, db: Database, system: Actor
) -> None:
    token = service_token(service)
    foreign = make(app, db, system, other_school, kind="resource")
    found = resource.post("introspect", token=token).json
    assert found is not None
    assert (found["active"], found["client_id"], found["scope"]) == (True, service.id, SCOPE)
    for stranger in (foreign, learning, service):
        assert stranger.post("introspect", token=token).json == {"active": False}
    assert Program(app, resource.id, "wrong").post("introspect", token=token).status_code == 401
    assert learning.post("revoke", token=token).status_code == 400, "another client's token"
    assert resource.post("introspect", token=token).json["active"] is True  # type: ignore[index]
    assert service.post("revoke", token=token).status_code == 200
    assert resource.post("introspect", token=token).json == {"active": False}
    assert service.post("revoke", token="unknown").status_code == 200, "RFC 7009 section 2.2"


def test_s8_iss_stands_on_every_way_back(learning: Program, school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    for answer in (
        learning.agree(head),
        learning.agree(head, answer="no"),
        brought_back(learning.ask(head, scope="nonsense")),
        brought_back(learning.ask(head, response_type="token")),
        brought_back(learning.ask(head, prompt="none", scope=f"openid {SCOPE}")),
    ):
        assert answer["iss"] == "http://localhost"
        assert answer["state"] == "st&te"


def test_s9_the_api_takes_the_token_and_nothing_that_looks_like_one(service: Program, app: Flask) -> None:
    client = app.test_client()
    address = "/api/v1/payments/trial-balance"
    good = {"Authorization": f"Bearer {service_token(service)}"}
    assert client.get(address, headers=good).status_code == 200
    for wrong in ("trt_" + "A" * 43, "trt_", good["Authorization"][7:-1] + "!"):
        refused = client.get(address, headers={"Authorization": f"Bearer {wrong}"})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert client.get(address).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "uri", ["https://app.example/back", f"{BACK}&y=2", f"{BACK}#", f"{BACK}/..", 'https://evil.example/"', None]
)  # fmt: skip
def test_a_return_address_is_compared_exactly(
    uri: str | None, learning: Program, school: UUID, sign_in: SignIn
) -> None:
    page = learning.ask(sign_in(school, "head"), redirect_uri=uri)
    assert page.status_code == 400
    assert "Location" not in page.headers
    assert "invalid_request" in page.text


def test_strange_requests_are_refused_on_a_page(learning: Program, school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    for changes in ({"client_id": "x"}, {"client_id": None}, {"client_id": learning.id.upper()}):
        assert learning.ask(head, **changes).status_code == 400
    assert brought_back(learning.ask(head, response_type='c"ode'))["error"] == "unsupported_response_type"
    assert brought_back(learning.ask(head, request="x"))["error"] == "invalid_request"


def test_a_code_counts_once_and_its_second_use_ends_everything(
    learning: Program, resource: Program, school: UUID, sign_in: SignIn
) -> None:
    code = learning.agree(sign_in(school, "head"), scope="openid offline_access")["code"]
    tokens = learning.exchange(code).json
    assert tokens is not None
    assert learning.exchange(code).json["error"] == "invalid_grant"  # type: ignore[index]
    assert resource.post("introspect", token=tokens["access_token"]).json == {"active": False}
    again = learning.post("token", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert again.json["error"] == "invalid_grant"  # type: ignore[index]


def test_a_code_belongs_to_its_client_and_its_verifier(
    learning: Program, public_app: Program, school: UUID, sign_in: SignIn
) -> None:
    head = sign_in(school, "head")
    code = learning.agree(head)["code"]
    assert public_app.exchange(code).json["error"] == "invalid_grant"  # type: ignore[index]
    assert learning.exchange(code, code_verifier="w" * 64).json["error"] == "invalid_grant"  # type: ignore[index]
    assert learning.exchange(code).json["error"] == "invalid_grant", "tried once, used up"  # type: ignore[index]
    code = learning.agree(head)["code"]
    assert learning.exchange(code, redirect_uri="https://app.example/other").status_code == 400
    public = public_app.exchange(public_app.agree(head)["code"])
    assert public.status_code == 200, public.text


def test_a_refresh_token_counts_once_and_its_second_use_ends_the_family(
    learning: Program, resource: Program, school: UUID, sign_in: SignIn
) -> None:
    first = learning.exchange(
        learning.agree(sign_in(school, "head"), scope=f"openid offline_access {SCOPE}")["code"]
    ).json
    assert first is not None
    second = learning.post(
        "token", grant_type="refresh_token", refresh_token=first["refresh_token"], scope="openid"
    ).json
    assert second is not None
    assert second["scope"] == "openid"
    assert second["refresh_token"] != first["refresh_token"]
    third = learning.post("token", grant_type="refresh_token", refresh_token=second["refresh_token"]).json
    assert third is not None
    assert SCOPE in third["scope"], "narrowing once does not narrow for ever"
    wider = learning.post("token", grant_type="refresh_token", refresh_token=third["refresh_token"], scope="x:y:z")
    assert wider.json["error"] == "invalid_scope"  # type: ignore[index]
    stolen = learning.post("token", grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert stolen.json["error"] == "invalid_grant"  # type: ignore[index]
    assert resource.post("introspect", token=third["access_token"]).json == {"active": False}
    late = learning.post("token", grant_type="refresh_token", refresh_token=third["refresh_token"])
    assert late.json["error"] == "invalid_grant"  # type: ignore[index]


def test_secrets_in_addresses_and_twice_given_parameters_are_refused(service: Program, app: Flask) -> None:
    query = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_id": service.id,
        "client_secret": service.secret,
    }
    client = app.test_client()
    assert client.post("/oauth/token", query_string=query).status_code == 400
    assert client.post("/oauth/token", data=query).status_code == 401, "basic or a signature, not in the form"
    form = {"grant_type": "client_credentials", "scope": [SCOPE, SCOPE]}
    assert client.post("/oauth/token", data=form, headers=service.basic()).status_code == 400
    assert client.get("/oauth/token").status_code == 405


def test_other_grants_do_not_exist(service: Program, learning: Program) -> None:
    for grant in ("password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", ""):
        assert service.post("token", grant_type=grant).json["error"] == "unsupported_grant_type"  # type: ignore[index]
    assert learning.post("token", grant_type="client_credentials", scope=SCOPE).json["error"] == "unauthorized_client"  # type: ignore[index]


def test_of_two_at_once_one_wins(learning: Program, resource: Program, school: UUID, sign_in: SignIn) -> None:
    """The same code, the same refresh token, from two sides at the same moment."""
    head = sign_in(school, "head")
    with ThreadPoolExecutor(4) as hands:
        code = learning.agree(head, scope="openid offline_access")["code"]
        answers = list(hands.map(lambda _n: learning.exchange(code), range(4)))
        assert sorted(a.status_code for a in answers) == [200, 400, 400, 400]
        first = learning.exchange(learning.agree(head, scope="openid offline_access")["code"]).json
        assert first is not None
        form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        answers = list(hands.map(lambda _n: learning.post("token", **form), range(4)))
    good = [a.json for a in answers if a.status_code == 200]
    assert len(good) == 1
    assert good[0] is not None
    assert resource.post("introspect", token=good[0]["access_token"]).json == {"active": False}, "the family is over"


ODD = ["\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin1"), "%00", "'", "é" * 300, "a b", "\r\nX: y", ""]


@pytest.mark.parametrize("path", ["token", "introspect", "revoke", "userinfo"])
def test_odd_input_is_refused_and_breaks_nothing(path: str, app: Flask, learning: Program) -> None:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"  # so many wrong calls make this network wait
    for odd in ODD:
        form = dict.fromkeys(("grant_type", "code", "token", "scope", "client_id", "refresh_token", "nonce"), odd)
        for grant in ("authorization_code", "client_credentials", "refresh_token", odd):
            for header in (b"Basic \xff", b"Basic !!!", b"Basic " + base64.b64encode(b"\xff:\xfe"), b"Bearer \xff"):
                headers = {"Authorization": header.decode("latin1")}
                status = client.post(f"/oauth/{path}", data={**form, "grant_type": grant}, headers=headers).status_code
                assert 400 <= status < 500, (odd, grant, header)


def test_odd_questions_are_refused_and_break_nothing(learning: Program, school: UUID, sign_in: SignIn) -> None:
    head = sign_in(school, "head")
    names = (
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "nonce",
        "code_challenge",
        "prompt",
        "max_age",
        "state",
    )
    for name in names:
        for odd in ODD:
            answer = learning.ask(head, **{name: odd})
            assert answer.status_code in (200, 302, 303, 400), (name, odd, answer.status_code)
