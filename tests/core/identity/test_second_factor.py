"""The second step: what opens a session, what does not, and that nothing opens it twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core import access, audit, identity, settings
from core.data.session import Database
from core.identity import notices, passwords, second_step, sessions, throttle
from core.identity.entry import SignedInNow
from core.identity.factors import own, proofs, recovery, totp
from core.identity.factors.proofs import FactorRefused
from core.identity.second_step import Waiting
from core.identity.signin import TooManyAttempts
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, StepUp

from .conftest import PASSWORD, FakeClock

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def _sign_in(db: Database, clock: FakeClock, *, device: str | None = None, where: str = HOME) -> SignedInNow:
    return identity.sign_in(db, "lan@example.vn", PASSWORD, remote_addr=where, device=device, clock=clock)


def _me(account: UUID, clock: FakeClock, *, fresh: bool = True) -> Actor:
    return Actor("account", "Lê Thị Lan", account_id=account, proved_at=clock() if fresh else None)


def _waiting(db: Database, done: SignedInNow, clock: FakeClock) -> Waiting:
    found = second_step.waiting(db, done.token, clock=clock)
    assert found is not None
    return found


@pytest.fixture
def secret(db: Database, school: UUID, lan: UUID, clock: FakeClock) -> str:
    """Of Ms Lan's app, connected an hour ago."""
    made = totp.new_secret()
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        codes = own.set_up_app(ctx, made, totp.code_at(made, clock()))
    assert len(codes) == recovery.COUNT
    clock.pass_by(hours=1)
    return made


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238 appendix B, SHA-1, the last six of its eight digits."""
    from base64 import b32encode
    from datetime import UTC, datetime

    standard = b32encode(b"12345678901234567890").decode()
    for seconds, code in [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]:
        assert totp.code_at(standard, datetime.fromtimestamp(seconds, UTC)) == code


def test_the_password_alone_reaches_nothing(db: Database, secret: str, lan: UUID, clock: FakeClock) -> None:
    done = _sign_in(db, clock)
    assert (done.stage, done.device) == ("factor", "")
    assert identity.resolve(db, done.token, clock=clock) is None
    assert sessions.enter(db, done.token, clock=clock) is None
    opened = second_step.finish_with_code(db, _waiting(db, done, clock), totp.code_at(secret, clock()), clock=clock)
    assert opened.token != done.token, "a new token: whoever planted the old one gets nothing"
    assert identity.resolve(db, opened.token, clock=clock) is not None
    assert identity.resolve(db, done.token, clock=clock) is None
    assert second_step.waiting(db, done.token, clock=clock) is None
    assert second_step.waiting(db, opened.token, clock=clock) is None


def test_a_code_works_once_and_none_older(db: Database, secret: str, clock: FakeClock) -> None:
    code, before = totp.code_at(secret, clock()), clock()
    second_step.finish_with_code(db, _waiting(db, _sign_in(db, clock), clock), code, clock=clock)
    who = _waiting(db, _sign_in(db, clock), clock)
    with pytest.raises(FactorRefused):
        second_step.finish_with_code(db, who, code, clock=clock)
    clock.pass_by(seconds=30)
    with pytest.raises(FactorRefused):  # within the window, and used
        second_step.finish_with_code(db, who, totp.code_at(secret, before), clock=clock)
    clock.pass_by(seconds=30)
    late = totp.code_at(secret, clock())
    clock.pass_by(seconds=30)
    assert second_step.finish_with_code(db, who, late, clock=clock).stage == "open", "one step late is taken"
    who = _waiting(db, _sign_in(db, clock), clock)
    with pytest.raises(FactorRefused):  # older than the one that was taken, whoever saw it
        second_step.finish_with_code(db, who, totp.code_at(secret, clock() - timedelta(seconds=60)), clock=clock)


def test_the_secret_is_sealed_for_its_account(db: Database, secret: str, lan: UUID, clock: FakeClock) -> None:
    with db.all_schools(Actor("system", "test"), clock=clock) as ctx:
        stored: str = ctx.session.execute(text("SELECT secret FROM core_totp")).scalar_one()
        assert secret not in stored
        assert settings.keys().unseal(stored, f"totp:{lan}") == secret
        with pytest.raises(ValueError, match="changed or moved"):
            settings.keys().unseal(stored, f"totp:{UUID(int=1)}")
        hashes = ctx.session.execute(text("SELECT code_hash FROM core_recovery_code")).scalars().all()
    assert len(set(hashes)) == recovery.COUNT


def test_a_recovery_code_works_once_and_its_owner_is_told(
    db: Database, school: UUID, secret: str, lan: UUID, clock: FakeClock
) -> None:
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        codes = own.new_codes(ctx)
        notices.unseen(ctx)
    typed = codes[3].lower().replace("-", " ")
    done = second_step.finish_with_code(db, _waiting(db, _sign_in(db, clock), clock), typed, clock=clock)
    assert done.stage == "open"
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        assert [notice.code for notice in notices.unseen(ctx)] == ["recovery_used"]
        assert own.overview(ctx).factors.codes == recovery.COUNT - 1
        fresh = own.new_codes(ctx)
    for spent in (codes[3], codes[4]):  # used; replaced by new ones
        with pytest.raises(FactorRefused):
            second_step.finish_with_code(db, _waiting(db, _sign_in(db, clock), clock), spent, clock=clock)
    who = _waiting(db, _sign_in(db, clock), clock)
    assert second_step.finish_with_code(db, who, fresh[0], clock=clock).stage == "open"


def test_guessing_codes_ends_the_waiting_session_and_slows_down(
    db: Database, secret: str, lan: UUID, clock: FakeClock
) -> None:
    opened = second_step.finish_with_code(
        db, _waiting(db, _sign_in(db, clock), clock), totp.code_at(secret, clock()), clock=clock
    )
    clock.pass_by(minutes=2)
    guesses = 0
    for network in range(40):  # somebody who knows the password, from many networks
        where = f"198.51.100.{network}"
        try:
            who = _waiting(db, _sign_in(db, clock, where=where), clock)
            for _guess in range(throttle.FREE):
                with pytest.raises(FactorRefused):
                    second_step.finish_with_code(db, who, "000000", remote_addr=where, clock=clock)
                guesses += 1
        except TooManyAttempts:
            break
    assert guesses <= throttle.FREE_ACCOUNT, "all networks together get no more than this"
    who = _waiting(db, _sign_in(db, clock, where=ELSEWHERE), clock)
    code = totp.code_at(secret, clock())
    with pytest.raises(TooManyAttempts):
        second_step.finish_with_code(db, who, code, remote_addr=ELSEWHERE, clock=clock)
    who = _waiting(db, _sign_in(db, clock, device=opened.device), clock)
    done = second_step.finish_with_code(db, who, code, remote_addr=HOME, device=opened.device, clock=clock)
    assert done.stage == "open", "the owner's own browser has a counter of its own"


def test_a_waiting_session_ends_after_a_few_wrong_codes(db: Database, secret: str, clock: FakeClock) -> None:
    done = _sign_in(db, clock)
    who = _waiting(db, done, clock)
    for _guess in range(second_step.MOST_FAILURES):
        clock.pass_by(seconds=20)
        with pytest.raises(FactorRefused):
            second_step.finish_with_code(db, who, "12345", clock=clock)
    assert second_step.waiting(db, done.token, clock=clock) is None
    clock.pass_by(minutes=1)
    with pytest.raises(FactorRefused):
        second_step.finish_with_code(db, who, totp.code_at(secret, clock()), clock=clock)
    late = _sign_in(db, clock)
    clock.pass_by(minutes=16)
    assert second_step.waiting(db, late.token, clock=clock) is None, "it waits for a quarter of an hour"


def test_changes_ask_for_a_fresh_proof(
    db: Database, school: UUID, secret: str, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(_me(lan, clock, fresh=False), school, clock=clock) as ctx:
        for change in (own.new_codes, own.remove_app, lambda c: identity.end_others(c, UUID(int=1))):
            with pytest.raises(StepUp):
                change(ctx)
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        clock.pass_by(minutes=11)
        with pytest.raises(StepUp):
            own.remove_app(ctx)
    with db.context(_me(lan, clock), school, clock=clock) as ctx, pytest.raises(Conflict), ctx.session.begin_nested():
        own.remove_app(ctx)  # the last one of a role that needs one
    who = {"typed": PASSWORD, "remote_addr": HOME, "device": "session:x", "clock": clock}
    with pytest.raises(FactorRefused):  # the password is not enough where there is a factor
        proofs.prove(db, lan, **who)  # type: ignore[arg-type]
    assert proofs.prove(db, lan, **{**who, "typed": totp.code_at(secret, clock())}) == "totp"  # type: ignore[arg-type]


def test_a_lost_factor_is_taken_away_by_the_school(
    db: Database, school: UUID, other_school: UUID, secret: str, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        head, office = (identity.create_account(ctx, name, f"Ông {name}", password=PASSWORD) for name in ("hai", "van"))
        access.grant(ctx, head, "head")
        access.grant(ctx, office, "office")
    rights = frozenset({"core.accounts.manage", "core.accounts.read", "core.roles.grant"})
    leader = Actor("account", "Ông hai", account_id=head, roles=frozenset({"head"}), permissions=rights)
    clerk = Actor("account", "Ông van", account_id=office, roles=frozenset({"office"}), permissions=rights)
    with db.context(leader, school, clock=clock) as ctx, pytest.raises(StepUp):
        own.disable(ctx, lan)
    with db.context(replace(clerk, proved_at=clock()), school, clock=clock) as ctx, pytest.raises(Forbidden):
        own.disable(ctx, lan)
    session = second_step.finish_with_code(
        db, _waiting(db, _sign_in(db, clock), clock), totp.code_at(secret, clock()), clock=clock
    )
    with db.context(replace(leader, proved_at=clock()), school, clock=clock) as ctx:
        own.disable(ctx, lan)
        assert "identity.factor_disabled" in {entry.action for entry in audit.history(ctx, ("account", lan))}
    assert identity.resolve(db, session.token, clock=clock) is None
    assert _sign_in(db, clock).stage == "open", "the grace begins anew"
    with db.context(_me(lan, clock), school, clock=clock) as ctx:
        told = notices.unseen(ctx)[-1]
        assert (told.code, told.by_name) == ("factor_removed", "Ông hai")
        assert notices.unseen(ctx) == []


def test_an_invitation_stands_in_for_the_password_only(
    db: Database, school: UUID, secret: str, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        token = identity.invite(ctx, lan)
    done = identity.accept(db, token, "bon con cho vang", clock=clock)
    assert done.stage == "factor"
    assert identity.resolve(db, done.token, clock=clock) is None


def test_a_thousand_failures_do_not_stop_the_owner(
    db: Database, lan: UUID, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "verify", lambda stored, password: password == PASSWORD)
    device = _sign_in(db, clock).device
    with db.all_schools(Actor("system", "test"), clock=clock) as ctx:
        for number in range(1000):  # from the owner's own network and from a hundred others
            place = HOME if number % 2 else f"198.51.{number % 100}.1"
            throttle.begin(ctx, "lan@example.vn", place, None)
    with pytest.raises(TooManyAttempts):
        _sign_in(db, clock)
    assert _sign_in(db, clock, device=device).account_id == lan
    assert _sign_in(db, clock, where="192.0.2.1").account_id == lan, "and from a new place with the first attempt"


@pytest.mark.parametrize("number", ["001203012345", "001203012345@school.vn", "123456789", " 0012 0301 2345 "])
def test_no_sign_in_name_is_a_national_id(db: Database, school: UUID, system: Actor, number: str) -> None:
    with db.context(system, school) as ctx, pytest.raises(Invalid) as caught:
        identity.create_account(ctx, number, "Nguyễn Văn An")
    assert "identity card" in str(caught.value.fields["login"])


@pytest.mark.parametrize("login", ["0912345678", "+8613812345678", "an.2014", "hs25010001"])
def test_other_numbers_are_names(db: Database, school: UUID, system: Actor, login: str) -> None:
    with db.context(system, school) as ctx:
        identity.create_account(ctx, login, "Nguyễn Văn An")
