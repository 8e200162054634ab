"""Against a provider that lies: the traps T1 to T7 and the anti-patterns N1 to N6, each by its name."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.identity.oidc import flow, providers, sessions
from core.identity.oidc.outside import Site
from core.identity.oidc.port import Endpoints, IdentityProvider
from core.identity.oidc.proof import LOGOUT
from core.identity.oidc.refusal import OidcRefused
from core.types.actor import Actor

from .conftest import SECRET, SITE, VISIT, Peer, answer_of, go, use, whole
from .people import somebody

Bound = dict[str, IdentityProvider]
LATE = {"now": 600}
FAULTS: Mapping[str, tuple[dict[str, Any], str]] = {
    "T1 no id_token": ({"without": ["id_token"]}, "no_id_token"),
    "T2 mix-up: another issuer answers": ({"back": {"iss": "https://honest.example"}}, "mix_up"),
    "T2 iss was promised and is missing": ({"back": {"iss": None}}, "mix_up:missing"),
    "T3 acr downgrade": ({"claims": {"acr": "LoA1"}}, "level"),
    "T3 no acr": ({"claims": {"acr": None}}, "level"),
    "T3b id_token of another issuer": ({"claims": {"iss": "https://honest.example"}}, "iss"),
    "T3b issuer with one sign more": ({"claims": {"iss": "ISSUER/"}}, "iss"),
    "T4 issued in the future": ({"claims": {"iat": LATE}}, "claims"),
    "T4 not valid yet": ({"claims": {"nbf": LATE}}, "claims"),
    "T4 over": ({"claims": {"exp": {"now": -130}}}, "claims"),
    "T4 never over": ({"claims": {"exp": None}}, "claims"),
    "T6 the token endpoint fails": ({"token_answer": ["500 Oops", "CANARY"]}, "token:500"),
    "T6 a page instead of JSON": ({"token_answer": ["200 OK", "<html>CANARY"]}, "token:200"),
    "T6 an error with a long story": ({"token_answer": ["400 No", '{"error": "CANARY in a sentence"}']}, "token:other"),
    "T6 no answer that fits": ({"token_answer": ["200 OK", "[]"]}, "token:200"),
    "T6 far too much": ({"token_answer": ["200 OK", "x" * 4_300_000]}, "no_answer"),
    "wrong nonce": ({"claims": {"nonce": "other"}}, "nonce"),
    "no nonce": ({"claims": {"nonce": None}}, "nonce"),
    "wrong audience": ({"claims": {"aud": "somebody"}}, "aud"),
    "shared audience without a party": ({"claims": {"aud": ["test", "somebody"]}}, "azp"),
    "another party": ({"claims": {"azp": "somebody"}}, "azp"),
    "no subject": ({"claims": {"sub": None}}, "sub"),
    "a subject that is no text": ({"claims": {"sub": 7}}, "claims"),
    "alg none": ({"alg": "none"}, "signature"),
    "the public key as a shared secret": ({"alg": "HS256"}, "signature"),
    "signed by somebody else": ({"forged": True}, "signature"),
    "a key inside the token": ({"embedded": True}, "signature"),
    "a critical header that nobody knows": ({"header": {"crit": ["x"], "x": 1}}, "signature"),
    "another access token": ({"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, "at_hash"),
    "userinfo of somebody else": ({"userinfo": {"sub": "person-2"}}, "userinfo_sub"),
    "discovery of another issuer": ({"discovery": {"issuer": "https://honest.example"}}, "set_up:issuer"),
    "discovery that rules PKCE out": ({"discovery": {"code_challenge_methods_supported": ["plain"]}}, "set_up:pkce"),
    "keys at an address that is not encrypted": ({"discovery": {"jwks_uri": "http://h.example/k"}}, "set_up:address"),
    "tokens at a host that nobody entered": ({"discovery": {"token_endpoint": "https://h.example/t"}}, "no_answer"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lie_is_refused(
    fault: str, hostile: Peer, bound: Bound, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    use(bound, hostile)
    faults, reason = FAULTS[fault]
    claims = {k: hostile.issuer + "/" if v == "ISSUER/" else v for k, v in faults.get("claims", {}).items()}
    hostile.control(**{**faults, "claims": claims})
    with caplog.at_level(logging.DEBUG), pytest.raises(OidcRefused) as refused:
        whole(db, minimum=2)
    assert refused.value.reason == reason
    assert not any(canary in caplog.text for canary in ("CANARY", SECRET, "Nguyễn")), "a code, never the payload"


def test_an_honest_round_through_the_same_peer(hostile: Peer, bound: Bound, db: Database) -> None:
    """Else the refusals above would prove nothing."""
    use(bound, hostile)
    assert whole(db, minimum=2).waiting is not None


def test_t4_clocks_may_differ_by_two_minutes(hostile: Peer, bound: Bound, db: Database) -> None:
    use(bound, hostile)
    hostile.control(claims={"iat": {"now": 100}, "nbf": {"now": 100}, "exp": {"now": 400}})
    assert whole(db).waiting is not None
    hostile.control(claims={"exp": {"now": -100}})
    assert whole(db).waiting is not None


def test_t5_a_token_of_thirty_seconds_still_reads_userinfo(hostile: Peer, bound: Bound, db: Database) -> None:
    use(bound, hostile)
    hostile.control(expires_in=30, userinfo={"sub": "person-2"})
    with pytest.raises(OidcRefused) as refused:
        whole(db)
    assert refused.value.reason == "userinfo_sub", "it was asked"


def test_t7_nothing_of_a_round_is_in_the_browser(hostile: Peer, bound: Bound, db: Database, system: Actor) -> None:
    use(bound, hostile)
    url, begun = flow.start(db, "test", SITE)
    query = answer_of(url)
    with db.all_schools(system) as ctx:
        row = ctx.session.execute(text("SELECT t::text FROM core_oidc_pending t WHERE id = :id"), {"id": begun.id})
        kept = row.scalar_one()
    assert query["nonce"] not in kept, "sealed"
    assert begun.state not in kept
    assert begun.browser not in kept
    assert query["nonce"] not in (begun.state, begun.browser)


def test_a_key_that_is_new_at_the_provider_is_found(
    hostile: Peer, bound: Bound, db: Database, monkeypatch: Any
) -> None:
    from core.identity.oidc import outside

    use(bound, hostile)
    assert whole(db).waiting is not None
    hostile.control(keys=["k1", "k2"], kid="k2")
    monkeypatch.setattr(outside, "_AGAIN", 0.0)
    assert whole(db).waiting is not None


def test_n1_parameters_of_the_browser_are_never_believed(hostile: Peer, bound: Bound, db: Database) -> None:
    use(bound, hostile)
    answer, begun = go(db)
    done = flow.finish(
        db, "test", SITE, {**answer, "encryptData": "eyJzdWIiOiJhZG1pbiJ9", "sub": "admin", "id_token": "x.y.z"},
        begun.browser, VISIT,
    )  # fmt: skip
    assert done.waiting is not None, "person-1, whom nobody knows; not admin"


def test_n2_the_same_mail_opens_nothing(hostile: Peer, bound: Bound, db: Database, school: UUID, system: Actor) -> None:
    use(bound, hostile)
    somebody(db, school, "parent", login="hoa@example.vn")
    hostile.control(claims={"sub": "mail-thief"}, userinfo={"sub": "mail-thief", "email": "hoa@example.vn"})
    assert whole(db).signed_in is None
    with db.all_schools(system) as ctx:
        query = text("SELECT count(*) FROM core_external_identity WHERE subject = 'mail-thief'")
        assert ctx.session.execute(query).scalar_one() == 0


def test_n3_no_number_in_names_of_accounts_and_none_readable(
    hostile: Peer, bound: Bound, db: Database, school: UUID, system: Actor
) -> None:
    use(bound, hostile)
    number = "001088777123"
    hostile.control(claims={"sub": "numbered"}, userinfo={"sub": "numbered", "national_id": number})
    whole(db, purpose="link", who=somebody(db, school, "parent"))
    with db.all_schools(system) as ctx:
        tables = ctx.session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        dump = ""
        for table in list(tables):
            rows = ctx.session.execute(text(f"SELECT t::text FROM {table} t")).scalars()  # noqa: S608
            dump += "".join(map(str, rows))
    assert "numbered" in dump
    assert number not in dump


def test_n4_state_is_bound_to_browser_provider_and_moment(
    hostile: Peer, bound: Bound, db: Database, system: Actor
) -> None:
    use(bound, hostile)
    use(bound, hostile, "other")
    answer, begun = go(db)

    def refused(name: str = "test", browser: str = begun.browser, **changes: str) -> str:
        with pytest.raises(OidcRefused) as error:
            flow.finish(db, name, SITE, {**answer, **changes}, browser, VISIT)
        return error.value.reason

    assert refused(state="L2FjY291bnQ=") == "round", "forged"
    assert refused(state="") == "round"
    assert refused(browser="A" * 43) == "round", "cross-browser callback"
    assert refused(browser="") == "round"
    assert refused(name="other") == "round", "another provider's door"
    assert flow.finish(db, "test", SITE, answer, begun.browser, VISIT).waiting is not None, "none of that used it up"
    assert refused() == "round", "replayed callback"
    late, begun = go(db)
    with db.all_schools(system) as ctx:
        ctx.session.execute(text("UPDATE core_oidc_pending SET expires_at = now() - interval '1 second'"))
    with pytest.raises(OidcRefused):
        flow.finish(db, "test", SITE, late, begun.browser, VISIT)


def test_n5_no_setting_lets_a_bad_certificate_or_plain_http_pass(hostile: Peer, bound: Bound, db: Database) -> None:
    plain = Site("https://truong.example")
    use(bound, hostile)
    with pytest.raises(OidcRefused) as refused:
        flow.start(db, "test", plain)
    assert refused.value.reason == "set_up:address", "loopback counts in development only"
    tls = hostile.issuer.replace("http://", "https://")
    fixed = Endpoints(f"{tls}/authorize", f"{tls}/token", f"{tls}/jwks")
    use(bound, hostile, endpoints=fixed)
    answer = {"state": flow.start(db, "test", SITE)[1].state, "code": "x", "iss": hostile.issuer}
    with pytest.raises(OidcRefused):
        flow.finish(db, "test", SITE, answer, "", VISIT)
    from core.data import http

    source = http.__file__
    assert source
    with open(source) as stream:  # noqa: PTH123
        assert "CERT_NONE" not in stream.read()


def test_n6_no_secret_in_addresses(hostile: Peer, bound: Bound, db: Database) -> None:
    from .conftest import Web

    use(bound, hostile, auth_method="client_secret_post")
    web = Web()
    answer, begun = go(db, web=web)
    flow.finish(db, "test", SITE, answer, begun.browser, VISIT)
    assert not any(secret in url for url in web.visited for secret in (SECRET, "CANARY", "verifier", begun.browser))
    sent = hostile.get("/seen")
    assert sent["form"]["client_secret"] == SECRET, "in the body"
    assert sent["form"]["code_verifier"]
    assert sent["authorization"] == ""


def test_two_issuers_with_one_subject_are_two_people(
    hostile: Peer, panva: Peer, bound: Bound, db: Database, school: UUID
) -> None:
    use(bound, hostile)
    use(bound, panva, "test_post", auth_method="client_secret_post")
    who = somebody(db, school, "parent")
    hostile.control(claims={"sub": "one"}, userinfo={"sub": "one"})
    panva.control(account="one")
    whole(db, purpose="link", who=who)
    assert whole(db, "test_post").signed_in is None
    assert whole(db).signed_in is not None


def test_a_link_needs_the_session_that_began_it(hostile: Peer, bound: Bound, db: Database, school: UUID) -> None:
    use(bound, hostile)
    hostile.control(claims={"sub": "stolen"}, userinfo={"sub": "stolen"})
    victim, thief = somebody(db, school, "head"), somebody(db, school, "parent")
    for finishing in (thief, None):
        answer, begun = go(db, purpose="link", who=victim)
        with pytest.raises(OidcRefused) as refused:
            flow.finish(db, "test", SITE, answer, begun.browser, VISIT, who=finishing)
        assert refused.value.reason == "round:session"
    assert whole(db).signed_in is None


LOGOUTS: Mapping[str, tuple[dict[str, Any], str]] = {
    "events": ({"events": {}}, "events"),
    "events of another kind": ({"events": {"http://other": {}}}, "events"),
    "nonce": ({"nonce": "x"}, "logout_nonce"),
    "whom": ({"sub": None, "sid": None}, "logout_whom"),
    "issuer": ({"iss": "https://honest.example"}, "iss"),
    "audience": ({"aud": "somebody"}, "aud"),
    "over": ({"exp": -200}, "claims"),
    "without end": ({"exp": None}, "claims"),
    "no number": ({"jti": None}, "claims"),
}


@pytest.mark.parametrize("fault", LOGOUTS)
def test_a_logout_token_that_is_not_one_ends_nothing(fault: str, hostile: Peer, bound: Bound, db: Database) -> None:
    use(bound, hostile)
    changes, reason = LOGOUTS[fault]
    with pytest.raises(OidcRefused) as refused:
        sessions.end_by_token(db, "test", SITE, _logout(hostile, **changes))
    assert refused.value.reason == reason


def test_an_id_token_is_no_logout_token_and_forged_ones_are_refused(hostile: Peer, bound: Bound, db: Database) -> None:
    use(bound, hostile)
    good = _logout(hostile)
    assert sessions.end_by_token(db, "test", SITE, good) == 0, "good, but nobody is signed in"
    for text_ in (_logout(hostile, events=None, nonce="n"), good[:-4] + "AAAA", "", "x.y.z"):
        with pytest.raises(OidcRefused):
            sessions.end_by_token(db, "test", SITE, text_)
    hostile.control(alg="none")
    with pytest.raises(OidcRefused):
        sessions.end_by_token(db, "test", SITE, _logout(hostile, jti="another"))


def _logout(peer: Peer, **changes: Any) -> str:
    import time

    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": peer.issuer, "aud": "test", "iat": now, "exp": now + 120, "jti": "j1", "sub": "nobody", "sid": "s",
        "events": {LOGOUT: {}},
    }  # fmt: skip
    for name, value in changes.items():
        claims[name] = now + value if name == "exp" and value is not None else value
    return str(peer.post("/sign", {k: v for k, v in claims.items() if v is not None})["token"])


def test_a_provider_that_is_switched_off_is_not_there(bound: Bound, db: Database) -> None:
    from core.types.errors import NotFound

    providers.bind({})
    with pytest.raises(NotFound):
        flow.start(db, "test", SITE)
