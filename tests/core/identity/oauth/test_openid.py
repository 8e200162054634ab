"""The OpenID provider for learning apps: id_token, pairwise names, userinfo, keys that change; private_key_jwt."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import text

from core.data.session import Database
from core.identity.oauth import keys
from core.sdk.testing.fixtures import signed_in
from core.types.actor import Actor
from core.types.clock import utc_now

from .conftest import BACK, SCOPE, Program, make

ISSUER = "http://localhost"


def published(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get("/oauth/jwks").json or {})


def claims_of(app: Flask, token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, KeySet.import_key_set(published(app)), algorithms=["RS256"]).claims)  # type: ignore[arg-type]


def test_metadata_is_true(app: Flask) -> None:
    client = app.test_client()
    found = client.get("/.well-known/openid-configuration").json
    assert found == client.get("/.well-known/oauth-authorization-server").json
    assert found is not None
    assert found["issuer"] == ISSUER
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert {v.removeprefix(ISSUER) for k, v in found.items() if k.endswith(("_endpoint", "_uri"))} <= rules


def test_the_api_describes_how_programs_get_in(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    schemes = document["components"]["securitySchemes"]
    flows = schemes["oauth2"]["flows"]
    assert set(flows) == {"authorizationCode", "clientCredentials"}
    assert flows["clientCredentials"]["tokenUrl"] == f"{ISSUER}/oauth/token"
    scopes = flows["authorizationCode"]["scopes"]
    assert SCOPE in scopes
    assert not any(scope.startswith("core:") for scope in scopes)
    assert {"oauth2": []} in document["security"]


def test_id_token_says_who_and_nothing_more(app: Flask, db: Database, school: UUID, learning: Program) -> None:
    lan = signed_in(app, db, school, "parent", name="Trần Thu Lan")
    answer = learning.exchange(learning.agree(lan, scope="openid")["code"]).json
    assert answer is not None
    claims = claims_of(app, answer["id_token"])
    assert set(claims) == {"iss", "aud", "iat", "exp", "auth_time", "at_hash", "nonce", "sub"}
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, learning.id, "n1")
    assert claims["exp"] - claims["iat"] <= 900
    assert str(lan.account_id) not in str(claims)  # type: ignore[attr-defined]
    named = learning.exchange(learning.agree(lan, scope="openid profile")["code"]).json
    assert named is not None
    assert claims_of(app, named["id_token"])["name"] == "Trần Thu Lan"
    info = app.test_client().get("/oauth/userinfo", headers={"Authorization": f"Bearer {named['access_token']}"})
    assert info.json == {"sub": claims["sub"], "name": "Trần Thu Lan", "locale": "vi"}
    less = app.test_client().post("/oauth/userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"})
    assert less.json == {"sub": claims["sub"]}
    for wrong in ("", "Bearer x", "Bearer " + answer["id_token"], "Basic " + answer["access_token"]):
        refused = app.test_client().get("/oauth/userinfo", headers={"Authorization": wrong})
        assert (refused.status_code, "Bearer" in refused.headers["WWW-Authenticate"]) == (401, True)


def test_two_apps_know_one_person_under_two_names(
    app: Flask, db: Database, school: UUID, learning: Program, public_app: Program
) -> None:
    lan = signed_in(app, db, school, "parent")

    def subject(program: Program) -> str:
        answer = program.exchange(program.agree(lan, scope="openid")["code"]).json
        assert answer is not None
        return str(claims_of(app, answer["id_token"])["sub"])

    first = subject(learning)
    assert subject(public_app) != first
    form = {"csrf_token": lan.csrf}  # type: ignore[attr-defined]
    lan.post(f"/account/programs/{learning.id}/withdraw", data=form)
    assert subject(learning) == first, "the same after it was taken back and given again"


def test_keys_are_published_before_and_after_they_sign(app: Flask, db: Database, system: Actor) -> None:
    now = utc_now()
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("DELETE FROM core_oauth_key"))
        old = keys.signing_key(ctx).kid
        assert keys.signing_key(ctx).kid == old

    def at(days: float) -> tuple[str | None, set[str]]:
        with db.all_schools(system, clock=lambda: now + timedelta(days=days)) as ctx:
            keys.rotate(ctx)
            kids = {str(key["kid"]) for key in keys.published(ctx)["keys"]}
            return keys.signing_key(ctx).kid, kids

    assert at(80) == (old, {old})
    signing, kids = at(88.5)
    assert (signing, len(kids)) == (old, 2), "published, not used yet"
    signing, kids = at(90.2)
    assert signing != old
    assert old in kids, "what it signed is still good"
    signing, kids = at(92)
    assert kids == {signing}
    assert "d" not in published(app)["keys"][0], "public halves only"


def test_private_key_jwt(app: Flask, db: Database, school: UUID, system: Actor, service: Program) -> None:
    key, other = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
    jwks = {"keys": [key.as_dict(private=False)]}
    values = {
        "kind": "service",
        "permissions": ["payments.ledger.read"],
        "auth_method": "private_key_jwt",
        "jwks": jwks,
    }
    client = make(app, db, system, school, **values)
    assert client.secret == ""
    http = app.test_client()
    now = int(time.time())

    def ask(signer: RSAKey = key, alg: str = "RS256", **changes: Any) -> int:
        claims = {"iss": client.id, "sub": client.id, "aud": f"{ISSUER}/oauth/token", "exp": now + 60, "jti": "j1"}
        claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
        form = {
            "grant_type": "client_credentials",
            "scope": SCOPE,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": alg}, claims, signer, [alg]),
        }
        return http.post("/oauth/token", data=form).status_code

    assert ask() == 200
    refused = [
        ask(),  # the same once more
        ask(jti=None),
        ask(other, jti="j2"),
        ask(jti="j3", aud="https://other.example/token"),
        ask(jti="j4", exp=now - 120),
        ask(jti="j5", exp=now + 7200),
        ask(jti="j6", iss=service.id),
        ask(jti="j7", sub=service.id, iss=service.id),
        ask(jti="j8", sub=7),
        ask(jti=["j9"]),
    ]
    assert set(refused) <= {400, 401}, refused
    assert ask(jti="j10") == 200
    garbage = {"grant_type": "client_credentials", "scope": SCOPE, "client_assertion": "x.y.z",
               "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}  # fmt: skip
    assert http.post("/oauth/token", data=garbage).status_code in (400, 401)
    assert client.post("token", grant_type="client_credentials", scope=SCOPE).status_code in (400, 401)


def test_a_learning_app_signs_people_in_with_a_client_of_another_maker(
    app: Flask, db: Database, school: UUID, system: Actor
) -> None:
    """An app that wants nothing but to know who it is needs no permission at all."""
    program = make(app, db, system, school, redirect_uris=[BACK])
    lan = signed_in(app, db, school, "parent")
    answer = program.exchange(program.agree(lan, scope="openid")["code"])
    assert answer.status_code == 200
    assert program.agree(lan, scope=SCOPE)["error"] == "invalid_scope"
