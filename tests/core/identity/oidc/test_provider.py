"""Against a certified provider in a process of its own that enforces PKCE (oidc-provider for node)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.identity import entry
from core.identity.oidc import flow, identities, sessions
from core.identity.oidc.port import IdentityProvider
from core.identity.oidc.refusal import OidcRefused
from core.identity.sessions import SignedIn, resolve
from core.types.actor import Actor
from core.types.errors import Conflict, StepUp

from .conftest import SITE, VISIT, Peer, Web, answer_of, go, use, whole
from .people import somebody

Bound = dict[str, IdentityProvider]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("test", {}),
        ("test_post", {"auth_method": "client_secret_post", "userinfo": "POST"}),
        ("test_key", {"auth_method": "private_key_jwt", "userinfo": "none"}),
    ],
)
def test_happy_path_with_each_way_to_prove_the_client(
    name: str, options: dict[str, Any], panva: Peer, bound: Bound, db: Database, school: UUID, system: Actor
) -> None:
    who = somebody(db, school, "parent")
    panva.control(account=f"person-{name}")
    key = {"private_key": panva.key, "client_secret": ""} if name == "test_key" else {}
    use(bound, panva, name, **options, **key)
    linked = whole(db, name, purpose="link", who=who, return_path="/account/identities")
    assert (linked.purpose, linked.signed_in, linked.return_path) == ("link", None, "/account/identities")
    done = whole(db, name, return_path="/finance?x=1")
    assert done.signed_in is not None
    assert done.return_path == "/finance?x=1"
    found = resolve(db, done.signed_in.token)
    assert found is not None
    assert found.account_id == who.account_id
    with db.all_schools(system) as ctx:
        row = ctx.session.execute(
            text("SELECT * FROM core_external_identity WHERE account_id = :id"), {"id": who.account_id}
        ).one()
    assert (row.issuer, row.subject, row.assurance) == (panva.issuer, f"person-{name}", "LoA2")
    if options.get("userinfo") != "none":
        assert row.full_name == "Nguyễn Thị Hoa"


def test_the_provider_enforces_pkce_and_we_send_it(panva: Peer, bound: Bound, db: Database) -> None:
    use(bound, panva)
    url, _begun = flow.start(db, "test", SITE)
    query = answer_of(url)
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43
    assert {"state", "nonce", "acr_values"} <= set(query)
    assert query["response_type"] == "code"
    bare = url.replace("code_challenge=", "x=").replace("code_challenge_method=", "y=")
    assert answer_of(Web().follow(bare))["error"] == "invalid_request", "the peer is a strict one"


def test_denial_changes_nothing(panva: Peer, bound: Bound, db: Database) -> None:
    use(bound, panva)
    panva.control(deny=True)
    with pytest.raises(OidcRefused) as refused:
        whole(db)
    assert refused.value.reason == "access_denied"


@pytest.mark.parametrize(("reached", "good"), [("LoA1", False), ("LoA2", True), ("LoA3", True), ("LoA9", False)])
def test_acr_downgrade_is_refused(
    reached: str, good: bool, panva: Peer, bound: Bound, db: Database, school: UUID
) -> None:
    use(bound, panva)
    panva.control(account=f"acr-{reached}", acr=reached)
    options: dict[str, Any] = {"purpose": "link", "who": somebody(db, school, "parent"), "minimum": 2}
    if good:
        assert whole(db, **options).purpose == "link"
        return
    with pytest.raises(OidcRefused) as refused:
        whole(db, **options)
    assert refused.value.reason == "level"


def test_confirming_needs_the_same_person(panva: Peer, bound: Bound, db: Database, school: UUID) -> None:
    use(bound, panva)
    who = somebody(db, school, "parent")
    panva.control(account="confirming")
    whole(db, purpose="link", who=who)
    assert whole(db, purpose="confirm", who=who, return_path="/x").return_path == "/x"
    panva.control(account="somebody-else")
    with pytest.raises(OidcRefused) as refused:
        whole(db, purpose="confirm", who=who)
    assert refused.value.reason == "other_person"


def _signed_in(db: Database, school: UUID, account: str, panva: Peer, web: Web) -> tuple[str, SignedIn]:
    who = somebody(db, school, "parent")
    panva.control(account=account)
    whole(db, purpose="link", who=who)
    answer, begun = go(db, web=web)
    done = flow.finish(db, "test", SITE, answer, begun.browser, VISIT)
    assert done.signed_in is not None
    found = resolve(db, done.signed_in.token)
    assert found is not None
    return done.signed_in.token, found


def test_signing_out_there_with_the_hint(panva: Peer, bound: Bound, db: Database, school: UUID) -> None:
    use(bound, panva)
    web = Web()
    _token, found = _signed_in(db, school, "leaving", panva, web)
    bye = sessions.farewell(db, found.session_id, SITE)
    assert bye is not None
    assert bye.method == "GET"
    web.follow(f"{bye.url}?{urlencode(bye.fields)}")
    assert "op.logoutForm" in web.page


def test_back_channel_logout_ends_our_session_once(panva: Peer, bound: Bound, db: Database, school: UUID) -> None:
    use(bound, panva)
    web = Web()
    token, found = _signed_in(db, school, "logging-out", panva, web)
    other, _ = _signed_in(db, school, "staying", panva, Web())
    bye = sessions.farewell(db, found.session_id, SITE)
    assert bye is not None
    web.follow(f"{bye.url}?{urlencode(bye.fields)}")
    xsrf = web.page.partition('name="xsrf" value="')[2].partition('"')[0]
    out = web.follow(f"{panva.issuer}/session/end/confirm", {"xsrf": xsrf, "logout": "yes"})
    assert out.startswith(SITE.out)
    sent = [one for one in panva.control()["logouts"] if one["url"].endswith("/backchannel/test")]
    logout_token = answer_of("?" + sent[-1]["body"])["logout_token"]
    assert sessions.end_by_token(db, "test", SITE, logout_token) == 1
    assert resolve(db, token) is None
    assert resolve(db, other) is not None
    with pytest.raises(OidcRefused) as refused:
        sessions.end_by_token(db, "test", SITE, logout_token)
    assert refused.value.reason == "replay"


def test_a_link_survives_the_second_step(panva: Peer, bound: Bound, db: Database, school: UUID, system: Actor) -> None:
    """The factor replaces the session; the provider's sign-out must still find it."""
    use(bound, panva)
    _token, found = _signed_in(db, school, "second-step", panva, Web())
    with db.all_schools(system) as ctx:
        done = entry.begin(ctx, found.account_id, strong=True)
        sessions.move(ctx, found.session_id, done.token)
        moved = ctx.session.execute(
            text("SELECT count(*) FROM core_oidc_session WHERE session_id = :old"), {"old": found.session_id}
        ).scalar_one()
    assert moved == 0
    after = resolve(db, done.token)
    assert after is not None
    assert sessions.farewell(db, after.session_id, SITE) is not None


def test_unlinking_needs_a_fresh_proof_and_ends_the_way_in(
    panva: Peer, bound: Bound, db: Database, school: UUID, system: Actor
) -> None:
    use(bound, panva)
    _token, found = _signed_in(db, school, "unlinking", panva, Web())
    stale = Actor("account", found.name, account_id=found.account_id)
    with db.context(stale, school) as ctx:
        mine = identities.linked(ctx)
        assert len(mine) == 1
        with pytest.raises(StepUp):
            identities.unlink(ctx, mine[0].id)
    fresh = Actor("account", found.name, account_id=found.account_id, proved_at=found.proved_at)
    with db.context(fresh, school) as ctx, pytest.raises(Conflict):
        identities.unlink(ctx, mine[0].id)  # nothing else opens the account
    with db.all_schools(system) as ctx:
        values = {"id": found.account_id}
        ctx.session.execute(text("UPDATE core_account SET password_hash = 'x' WHERE id = :id"), values)
    with db.context(fresh, school) as ctx:
        identities.unlink(ctx, mine[0].id)
    assert whole(db).signed_in is None
