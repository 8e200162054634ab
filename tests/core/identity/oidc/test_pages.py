"""The same through our pages: buttons, cookies, the school's code, linking, and what the school looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core.data.session import Database
from core.identity.oidc import codes, identities, outside, personal, providers
from core.identity.oidc.port import IdentityProvider
from core.kernel.registry import Registry
from core.people.services import create_person
from core.sdk.testing.fixtures import SECRET, signed_in
from core.settings import put
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web.app import create_app

from .conftest import Peer, Profile, Web, answer_of, settings_of

BACK = "/sign-in/with/test/back"


@pytest.fixture(scope="module")
def app(db: Database, registry: Registry, var: Path) -> Flask:
    settings = InstanceSettings(secret_keys=(SECRET,), var=var, base_url="http://localhost", secure_cookies=False)
    return create_app(settings, db=db, registry=registry)


@pytest.fixture
def peer(hostile: Peer, app: Flask, registry: Registry) -> Iterator[Peer]:
    known: dict[str, IdentityProvider] = {"test": Profile("test", settings_of(hostile))}
    providers.bind(known)
    yield hostile
    providers.bind(registry.identity_providers())


def be(peer: Peer, subject: str, **told: str) -> None:
    """Who signs in at the provider next."""
    name = told.pop("name", "Nguyễn Thị Hoa")
    peer.control(claims={"sub": subject, "name": name}, userinfo={"sub": subject, **told})


def through(client: FlaskClient, url: str) -> str:
    """From our redirect or link to the provider, and back to the address of ours that it names."""
    return Web().follow(url).removeprefix("http://localhost")


def sign_in(client: FlaskClient, following: str = "/account") -> str:
    start = client.get("/sign-in/with/test", query_string={"next": following})
    assert start.status_code == 303, start.text
    return through(client, start.headers["Location"])


def person(app: Flask, db: Database, school: UUID, *roles: str, **more: object) -> FlaskClient:
    return signed_in(app, db, school, *roles, **more)  # type: ignore[arg-type]


def link(client: FlaskClient) -> str:
    page = client.post("/account/identities/link/test", data={"csrf_token": client.csrf})  # type: ignore[attr-defined]
    assert page.status_code == 200, page.text
    found = re.search(r'href="(http://127[^"]+)"', page.text)
    assert found
    return through(client, found[1].replace("&amp;", "&"))


def test_from_linking_to_signing_in_and_out(app: Flask, db: Database, school: UUID, peer: Peer) -> None:
    be(peer, "whole-way", national_id="001088000777")
    hoa = person(app, db, school, "parent", name="Nguyễn Thị Hoa")
    assert hoa.get(link(hoa)).headers["Location"] == "/account/identities"
    assert "Nguyễn Thị Hoa" in hoa.get("/account/identities").text
    fresh = app.test_client()
    door = fresh.get("/sign-in?next=/account")
    assert "Đăng nhập bằng Sở" in door.text
    answer = fresh.get(sign_in(fresh))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    page = fresh.get("/account")
    assert page.status_code == 200
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert csrf
    bye = fresh.post("/sign-out", data={"csrf_token": csrf[1]})
    assert f"{peer.issuer}/out" in bye.text
    assert f"form-action 'self' {peer.issuer};" in bye.headers["Content-Security-Policy"]
    assert fresh.get("/account").status_code == 302, "signed out here already"
    assert fresh.get("/sign-in/out").status_code == 200


def test_another_browser_cannot_finish_and_a_round_counts_once(
    app: Flask, db: Database, school: UUID, peer: Peer
) -> None:
    be(peer, "cross")
    hoa = person(app, db, school, "parent")
    hoa.get(link(hoa))
    one, other = app.test_client(), app.test_client()
    back = sign_in(one)
    refused = other.get(back)
    assert refused.status_code == 400
    assert "truong_session" not in refused.headers.get("Set-Cookie", "")
    assert one.get(back).status_code == 303
    assert app.test_client().get(back).status_code == 400
    assert one.get(back).status_code == 400, "replayed"


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_n4_the_way_on_stays_inside(evil: str, app: Flask, db: Database, school: UUID, peer: Peer) -> None:
    be(peer, f"inside-{evil}")
    hoa = person(app, db, school, "parent")
    hoa.get(link(hoa))
    client = app.test_client()
    where = client.get(sign_in(client, evil)).headers["Location"]
    assert "evil" not in where
    assert where.startswith("/")


def test_an_unknown_identity_is_linked_by_a_code_of_the_school(
    app: Flask, db: Database, school: UUID, peer: Peer, system: Actor
) -> None:
    be(peer, "by-code", name="Lê Văn Khác")
    lan = person(app, db, school, "parent", name="Trần Thu Lan")
    with db.context(system, school) as ctx:
        code = codes.issue(ctx, lan.account_id)  # type: ignore[attr-defined]
    client = app.test_client()
    waiting = client.get(sign_in(client)).headers["Location"]
    assert waiting.startswith("/sign-in/code/")
    assert app.test_client().get(waiting).status_code == 400, "in this browser only"
    assert app.test_client().post(waiting, data={"code": code}).status_code == 400
    wrong = client.post(waiting, data={"code": "AAAAA-AAAAA"})
    assert wrong.status_code == 422
    assert 'id="e-code"' in wrong.text
    done = client.post(waiting, data={"code": code.lower().replace("-", " ")})
    assert (done.status_code, done.headers["Location"]) == (303, "/account")
    assert "Trần Thu Lan" in client.get("/account").text
    again = app.test_client()
    be(peer, "by-code-2")
    waiting = again.get(sign_in(again)).headers["Location"]
    assert again.post(waiting, data={"code": code}).status_code == 422, "a code counts once"
    tries = [again.post(waiting, data={"code": code}).status_code for _try in range(5)]
    assert tries[-1] == 400, "five codes, then the identity has to be proved again"
    head = person(app, db, school, "head")
    queue = head.get("/people/identities").text
    assert "Trần Thu Lan" in queue
    assert "Lê Văn Khác" in queue, "another name is somebody's question"
    newest = re.findall(r'action="(/people/identities/[^"]+)"', queue)[-1]
    taken = head.post(newest, data={"csrf_token": head.csrf, "same": "0"})  # type: ignore[attr-defined]
    assert taken.status_code == 303
    assert app.test_client().get("/account").status_code == 302
    be(peer, "by-code")
    later = app.test_client()
    assert later.get(sign_in(later)).headers["Location"].startswith("/sign-in/code/")


def test_an_identity_opens_one_account_only(app: Flask, db: Database, school: UUID, peer: Peer) -> None:
    be(peer, "only-one")
    first, second = person(app, db, school, "parent"), person(app, db, school, "parent")
    first.get(link(first))
    second.get(link(second))
    assert "đã liên kết với một tài khoản khác" in second.get("/account/identities").text


def test_9_to_12_digits_is_history_and_another_number_a_question(
    app: Flask, db: Database, school: UUID, peer: Peer, system: Actor
) -> None:
    hoa = person(app, db, school, "parent", name="Nguyễn Thị Hoa")
    be(peer, "numbers", national_id="012345678")
    hoa.get(link(hoa))

    def again(number: str) -> int:
        be(peer, "numbers", national_id=number)
        client = app.test_client()
        client.get(sign_in(client))
        with db.all_schools(system) as ctx:
            query = text("SELECT count(*) FROM core_identity_review WHERE account_id = :id AND reason = 'national_id'")
            return int(ctx.session.execute(query, {"id": hoa.account_id}).scalar_one())  # type: ignore[attr-defined]

    assert again("001088555123") == 0
    assert again("001088555123") == 0
    assert again("001088000999") == 1
    with db.context(system, school) as ctx:
        for number in ("012345678", "001 088 555 123", "001088000999"):
            assert identities.accounts_by_national_id(ctx, number) == [hoa.account_id]  # type: ignore[attr-defined]
        assert identities.accounts_by_national_id(ctx, "001088000000") == []


def test_the_second_factor_is_asked_for_unless_the_provider_saw_two(
    app: Flask, db: Database, school: UUID, peer: Peer, system: Actor
) -> None:
    be(peer, "weak")
    head = person(app, db, school, "head")
    head.get(link(head))
    with db.all_schools(system) as ctx:
        values = {"id": head.account_id}  # type: ignore[attr-defined]
        ctx.session.execute(
            text("UPDATE core_account SET factor_due_at = now() - interval '1 day' WHERE id = :id"), values
        )
    strong = app.test_client()
    assert strong.get(sign_in(strong)).headers["Location"] == "/account", "LoA2"
    peer.control(claims={"sub": "weak", "acr": "LoA1"}, userinfo={"sub": "weak"})
    weak = app.test_client()
    assert weak.get(sign_in(weak)).headers["Location"] != "/account"
    assert weak.get("/account").status_code != 200


def test_front_channel_logout_wants_issuer_and_number(app: Flask, db: Database, school: UUID, peer: Peer) -> None:
    be(peer, "framed")
    hoa = person(app, db, school, "parent")
    hoa.get(link(hoa))
    client = app.test_client()
    client.get(sign_in(client))
    address = "/sign-in/with/test/logout"
    assert client.get(address, query_string={"iss": "https://evil.example", "sid": "sid-1"}).status_code == 400
    assert client.get(address, query_string={"iss": peer.issuer}).status_code == 400
    assert client.get("/account").status_code == 200
    done = client.get(address, query_string={"iss": peer.issuer, "sid": "sid-1"})
    assert done.status_code == 200
    assert f"frame-ancestors {peer.issuer};" in done.headers["Content-Security-Policy"]
    assert client.get("/account").status_code == 302
    refused = client.post(address, data={"logout_token": "x.y.z"})
    assert (refused.status_code, refused.headers["Cache-Control"]) == (400, "no-store")


def test_linking_asks_for_a_fresh_proof_and_the_form_token(
    app: Flask, db: Database, school: UUID, peer: Peer, system: Actor
) -> None:
    hoa = person(app, db, school, "parent")
    assert hoa.post("/account/identities/link/test").status_code == 422
    with db.all_schools(system) as ctx:
        values = {"id": hoa.account_id}  # type: ignore[attr-defined]
        ctx.session.execute(
            text("UPDATE core_session SET proved_at = now() - interval '1 day' WHERE account_id = :id"), values
        )
    page = hoa.post("/account/identities/link/test", data={"csrf_token": hoa.csrf})  # type: ignore[attr-defined]
    assert peer.issuer not in page.text


def test_what_is_held_on_a_person_is_shown_and_erased(
    app: Flask, db: Database, school: UUID, peer: Peer, system: Actor
) -> None:
    with db.context(system, school) as ctx:
        who = create_person(ctx, "Nguyễn Thị Hoa")
    hoa = person(app, db, school, "parent", name="Nguyễn Thị Hoa", person_id=who)
    be(peer, "held", national_id="001088444123")
    hoa.get(link(hoa))
    with db.context(system, school) as ctx:
        shown = str(personal.DATA.show(ctx, who))
        assert "Nguyễn Thị Hoa" in shown
        assert "001088444123" not in shown, "that it is held, not what it is"
        assert personal.DATA.erase(ctx, who, False).erased
        assert personal.DATA.erase(ctx, who, True).erased
        assert not personal.DATA.show(ctx, who)
    client = app.test_client()
    assert client.get(sign_in(client)).headers["Location"].startswith("/sign-in/code/")


def test_settings_of_the_installation_make_the_button(
    app: Flask, db: Database, registry: Registry, hostile: Peer, system: Actor
) -> None:
    providers.bind(registry.identity_providers())
    outside.forget()
    assert "/sign-in/with/" not in app.test_client().get("/sign-in").text
    assert app.test_client().get("/sign-in/with/oidc").status_code == 404
    with db.all_schools(system) as ctx:
        for key, value in {"issuer": hostile.issuer, "client_id": "test", "client_secret": "s", "enabled": "1"}.items():
            put(ctx, f"oidc.{key}", value)
    client = app.test_client()
    assert "/sign-in/with/oidc?" in client.get("/sign-in").text
    start = client.get("/sign-in/with/oidc")
    assert answer_of(start.headers["Location"])["redirect_uri"] == "http://localhost/sign-in/with/oidc/back"
    with db.all_schools(system) as ctx:
        put(ctx, "oidc.enabled", "0")
