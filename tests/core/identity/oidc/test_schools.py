"""A school's own provider opens accounts of that school, and nothing of any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core import settings
from core.access.models import Grant
from core.data.session import Database
from core.identity.oidc import codes, flow, providers, sessions
from core.identity.oidc.refusal import OidcRefused
from core.identity.sessions import SignedIn, resolve
from core.kernel.registry import Registry
from core.sdk.testing.fixtures import SECRET as KEY
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.types.clock import utc_now
from core.types.errors import Conflict, NotFound
from core.web.app import create_app
from integrations.oidc.school import SchoolProvider
from tests.conftest import make_school, signed_in

from .conftest import SECRET, SITE, VISIT, Peer, go, whole
from .people import somebody

OURS, THEIRS = "oidc_school.HOAPHUONG", "oidc_school.CANHDIEU"


@pytest.fixture(scope="module")
def other_school(db: Database, registry: Registry) -> UUID:
    return make_school(db, "CANHDIEU", "Trường Tiểu học Cánh Diều", "primary", "TRG", registry.school_modules())


@pytest.fixture(autouse=True)
def two_providers(
    panva: Peer, db: Database, school: UUID, other_school: UUID, system: Actor, registry: Registry
) -> Iterator[None]:
    """Both schools use the same cloud, as in real life."""
    settings.bind(registry)
    providers.bind({SchoolProvider.name: SchoolProvider()})
    with db.all_schools(system) as ctx:
        settings.put(ctx, "oidc.school_hosts", "login.example 127.0.0.1")
    for owner, name in ((school, OURS), (other_school, THEIRS)):
        with db.context(system, owner) as ctx:
            settings.put(ctx, "oidc.school_enabled", value=True)
            settings.put(ctx, "oidc.school_issuer", panva.issuer)
            settings.put(ctx, "oidc.school_client_id", name)
            settings.put(ctx, "oidc.school_client_secret", SECRET)
    yield
    providers.bind({})


def linked(db: Database, school: UUID, panva: Peer, account: str, name: str = OURS) -> SignedIn:
    who = somebody(db, school, "head")
    panva.control(account=account)
    assert whole(db, name, purpose="link", who=who).purpose == "link"
    return who


def give(db: Database, system: Actor, who: SignedIn, school: UUID | None, role: str = "parent") -> None:
    with db.all_schools(system) as ctx:
        ctx.session.add(
            Grant(account_id=who.account_id, role=role, school_id=school, valid_from=utc_now(), valid_until=None,
                  granted_by=None)
        )  # fmt: skip


def token_of(done: flow.Done) -> str:
    assert done.signed_in is not None
    return done.signed_in.token


def test_it_opens_an_account_of_its_school(panva: Peer, db: Database, school: UUID, system: Actor) -> None:
    who = linked(db, school, panva, "own")
    found = resolve(db, token_of(whole(db, OURS)))
    assert found is not None
    assert (found.account_id, [id for id, _name in found.schools]) == (who.account_id, [school])
    with db.all_schools(system) as ctx:
        level = ctx.session.scalar(text("SELECT level FROM core_oidc_session WHERE session_id = :id"),
                                   {"id": found.session_id})  # fmt: skip
    assert level == 0, "what a school says of itself proves no level"


def test_the_same_person_at_another_schools_provider_is_nobody(panva: Peer, db: Database, school: UUID) -> None:
    """The same issuer, the same subject: another school might have written both."""
    linked(db, school, panva, "same")
    done = whole(db, THEIRS)
    assert (done.signed_in, done.waiting is not None) == (None, True)


@pytest.mark.parametrize("role", ["parent", "operator"])
def test_who_comes_to_reach_further_is_out_at_once(
    role: str, panva: Peer, db: Database, school: UUID, other_school: UUID, system: Actor
) -> None:
    who = linked(db, school, panva, f"further-{role}")
    token = token_of(whole(db, OURS))
    give(db, system, who, school, "office")
    assert resolve(db, token) is not None, "a role at the same school changes nothing"
    give(db, system, who, None if role == "operator" else other_school, role)
    assert resolve(db, token) is None
    with pytest.raises(OidcRefused) as refused:
        whole(db, OURS)
    assert refused.value.reason == "elsewhere"


def test_an_account_that_reaches_further_cannot_be_linked(
    panva: Peer, db: Database, school: UUID, other_school: UUID, system: Actor
) -> None:
    who = somebody(db, school, "head")
    give(db, system, who, other_school)
    panva.control(account="two-schools")
    with pytest.raises(Conflict):
        whole(db, OURS, purpose="link", who=who)
    theirs = somebody(db, other_school, "parent")
    fresh = Actor("system", "test")
    with db.context(fresh, other_school) as ctx:
        code = codes.issue(ctx, theirs.account_id)
    answer, begun = go(db, OURS)
    done = flow.finish(db, OURS, SITE, answer, begun.browser, VISIT)
    assert done.waiting is not None
    with pytest.raises(Conflict):
        flow.finish_with_code(db, done.waiting, begun.browser, code, VISIT)


def test_a_round_of_one_school_does_not_end_at_another(panva: Peer, db: Database) -> None:
    answer, begun = go(db, OURS)
    with pytest.raises(OidcRefused) as refused:
        flow.finish(db, THEIRS, SITE, answer, begun.browser, VISIT)
    assert refused.value.reason == "round"


def test_another_schools_provider_ends_no_session(panva: Peer, db: Database, school: UUID, system: Actor) -> None:
    linked(db, school, panva, "leaving")
    token = token_of(whole(db, OURS))
    with db.all_schools(system) as ctx:
        sid = ctx.session.scalar(text("SELECT sid FROM core_oidc_session ORDER BY confirmed_at DESC LIMIT 1"))
    assert sessions.end_by_sid(db, THEIRS, SITE, panva.issuer, str(sid)) == 0
    assert resolve(db, token) is not None
    assert sessions.end_by_sid(db, OURS, SITE, panva.issuer, str(sid)) == 1
    assert resolve(db, token) is None


def test_the_operator_says_at_which_hosts(panva: Peer, db: Database, system: Actor) -> None:
    with db.all_schools(system) as ctx:
        settings.put(ctx, "oidc.school_hosts", "login.example")
    for name in (OURS, "oidc_school", "oidc_school.NOBODY", "oidc.HOAPHUONG"):
        with pytest.raises(NotFound):
            flow.start(db, name, SITE)


def test_the_page_of_the_school_shows_its_own(
    db: Database, school: UUID, other_school: UUID, registry: Registry, var: Path
) -> None:
    program = InstanceSettings(secret_keys=(KEY,), var=var, base_url="http://localhost", secure_cookies=False)
    app = create_app(program, db=db, registry=registry)
    client = app.test_client()
    assert "oidc_school" not in client.get("/sign-in").text
    page = client.get("/sign-in?school=HOAPHUONG").text
    assert OURS in page
    assert THEIRS not in page
    assert "Trường THCS Hoa Phượng" in page
    assert "oidc_school" not in client.get("/sign-in?school=NOBODY").text
    mine = signed_in(app, db, other_school, "head").get("/account/identities").text
    assert THEIRS in mine
    assert OURS not in mine
