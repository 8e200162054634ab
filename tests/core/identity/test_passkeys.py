"""Passkeys: two factors in one, for one site and one account, each answer once."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from core import identity
from core.data.session import Database
from core.identity import notices, second_step
from core.identity.factors import own, passkeys
from core.identity.factors.passkeys import PasskeyRefused, Site
from core.identity.second_step import SIGN_IN
from core.types.actor import Actor
from core.types.errors import Conflict, StepUp

from .authenticator import Authenticator
from .conftest import PASSWORD, FakeClock

SITE = Site.of("https://truong.example.vn")
SESSION = UUID(int=7)


def _me(account: UUID, clock: FakeClock) -> Actor:
    return Actor("account", "Lê Thị Lan", account_id=account, proved_at=clock())


def _register(db: Database, school: UUID, account: UUID, key: Authenticator, clock: FakeClock) -> list[str]:
    with db.context(_me(account, clock), school, clock=clock) as ctx:
        answer = key.make(own.passkey_options(ctx, SITE, SESSION))
        return own.add_passkey(ctx, SITE, SESSION, answer, "Điện thoại")


def _asked(db: Database, clock: FakeClock, purpose: str = SIGN_IN) -> str:
    with db.all_schools(Actor("system", "test"), clock=clock) as ctx:
        return passkeys.request_options(ctx, SITE, purpose)


@pytest.fixture
def key(db: Database, school: UUID, lan: UUID, clock: FakeClock) -> Authenticator:
    made = Authenticator()
    assert len(_register(db, school, lan, made, clock)) == 10, "with the first factor come recovery codes"
    return made


def test_a_passkey_signs_in_by_itself(db: Database, lan: UUID, key: Authenticator, clock: FakeClock) -> None:
    done = second_step.sign_in_with_passkey(db, SITE, key.use(_asked(db, clock)), clock=clock)
    assert (done.stage, done.account_id) == ("open", lan)
    assert identity.resolve(db, done.token, clock=clock) is not None
    assert identity.sign_in(db, "lan@example.vn", PASSWORD, clock=clock).stage == "factor"


def test_an_answer_counts_once_and_in_time(db: Database, key: Authenticator, clock: FakeClock) -> None:
    answer = key.use(_asked(db, clock))
    second_step.sign_in_with_passkey(db, SITE, answer, clock=clock)
    with pytest.raises(PasskeyRefused):
        second_step.sign_in_with_passkey(db, SITE, answer, clock=clock)
    late = key.use(_asked(db, clock))
    clock.pass_by(minutes=6)
    with pytest.raises(PasskeyRefused):
        second_step.sign_in_with_passkey(db, SITE, late, clock=clock)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://truong.example.vn.evil.example"},
        {"rp_id": "evil.example"},
        {"verifies": False},
        {"handle": UUID(int=9).bytes},
        {"id": b"another credential"},
        {"key": Authenticator().key},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_lie_proves_nothing(db: Database, key: Authenticator, clock: FakeClock, lie: dict[str, object]) -> None:
    for name, value in lie.items():
        setattr(key, name, value)
    with pytest.raises(PasskeyRefused):
        second_step.sign_in_with_passkey(db, SITE, key.use(_asked(db, clock)), clock=clock)


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"response": {}}', '{"response": {"clientDataJSON": "e30"}}', "x" * 40_000]
)
def test_garbage_proves_nothing(db: Database, key: Authenticator, clock: FakeClock, answer: str) -> None:
    with pytest.raises(PasskeyRefused):
        second_step.sign_in_with_passkey(db, SITE, answer, clock=clock)


def test_a_challenge_is_ours_and_for_its_purpose(db: Database, key: Authenticator, clock: FakeClock) -> None:
    foreign = json.dumps({**json.loads(_asked(db, clock)), "challenge": "A" * 64})
    for options in (foreign, _asked(db, clock, "prove:someone")):
        with pytest.raises(PasskeyRefused):
            second_step.sign_in_with_passkey(db, SITE, key.use(options), clock=clock)


def test_the_passkey_of_another_account_is_no_second_step(
    db: Database, school: UUID, lan: UUID, key: Authenticator, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        minh = identity.create_account(ctx, "minh", "Trần Minh", password=PASSWORD)
    theirs = Authenticator()
    _register(db, school, minh, theirs, clock)
    done = identity.sign_in(db, "lan@example.vn", PASSWORD, clock=clock)
    who = second_step.waiting(db, done.token, clock=clock)
    assert who is not None
    with pytest.raises(PasskeyRefused):
        second_step.finish_with_passkey(db, who, SITE, theirs.use(_asked(db, clock, who.purpose)), clock=clock)
    with pytest.raises(PasskeyRefused):  # an answer to another waiting session
        second_step.finish_with_passkey(db, who, SITE, key.use(_asked(db, clock, "session:x")), clock=clock)
    opened = second_step.finish_with_passkey(db, who, SITE, key.use(_asked(db, clock, who.purpose)), clock=clock)
    assert opened.account_id == lan
    copy = replace(theirs)
    copy.id = key.id
    with pytest.raises(Conflict), db.context(_me(minh, clock), school, clock=clock) as ctx:
        own.add_passkey(ctx, SITE, SESSION, copy.make(own.passkey_options(ctx, SITE, SESSION)), "")


def test_a_copy_is_refused_and_told(
    db: Database, school: UUID, lan: UUID, key: Authenticator, clock: FakeClock
) -> None:
    for _time in range(3):
        second_step.sign_in_with_passkey(db, SITE, key.use(_asked(db, clock)), clock=clock)
    key.count = 1
    with pytest.raises(PasskeyRefused):
        second_step.sign_in_with_passkey(db, SITE, key.use(_asked(db, clock)), clock=clock)
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        assert "passkey_copied" in {notice.code for notice in notices.unseen(ctx)}


def test_passkeys_are_made_by_whoever_has_just_proved_themself(
    db: Database, school: UUID, lan: UUID, key: Authenticator, clock: FakeClock
) -> None:
    stale = replace(_me(lan, clock), proved_at=None)
    with db.context(stale, school, clock=clock) as ctx, pytest.raises(StepUp):
        own.passkey_options(ctx, SITE, SESSION)
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        answer = Authenticator().make(own.passkey_options(ctx, SITE, SESSION))
        with pytest.raises(PasskeyRefused), ctx.session.begin_nested():
            own.add_passkey(ctx, SITE, UUID(int=8), answer, "")  # asked for by another session
        unlocked = Authenticator(verifies=False)
        with pytest.raises(PasskeyRefused), ctx.session.begin_nested():
            own.add_passkey(ctx, SITE, SESSION, unlocked.make(own.passkey_options(ctx, SITE, SESSION)), "")
        [row] = own.overview(ctx).passkeys
        assert row.name == "Điện thoại"
        own.set_up_app(ctx, "A" * 32, passkeys_code("A" * 32, clock))
        own.remove_passkey(ctx, row.id)
    with pytest.raises(PasskeyRefused):
        second_step.sign_in_with_passkey(db, SITE, key.use(_asked(db, clock)), clock=clock)


def passkeys_code(secret: str, clock: FakeClock) -> str:
    from core.identity.factors import totp

    return totp.code_at(secret, clock())


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("https://truong.example.vn", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080", False),
        ("https://[::1]", False),
        ("http://truong.example.vn", False),
    ],
)
def test_where_browsers_allow_passkeys(address: str, usable: bool) -> None:
    assert Site.of(address).usable == usable
