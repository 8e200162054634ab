"""What ends a session, and when: time, signing out, a new password, a role that goes."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from core import access, identity
from core.data.session import Database
from core.identity import SignInRefused, TooManyAttempts
from core.identity.tasks import forget
from core.types.actor import Actor
from core.types.errors import Invalid

from .conftest import PASSWORD, FakeClock

NEW = "một mật khẩu khác 77"


def _sign_in(db: Database, clock: FakeClock, *, replaces: str | None = None) -> str:
    return identity.sign_in(db, "lan@example.vn", PASSWORD, replaces=replaces, clock=clock).token


def _signed_in(db: Database, token: str, clock: FakeClock) -> identity.SignedIn:
    found = identity.resolve(db, token, clock=clock)
    assert found is not None
    return found


def test_a_session_ends_after_twelve_idle_hours(db: Database, lan: UUID, clock: FakeClock) -> None:
    token = _sign_in(db, clock)
    for _ in range(3):
        clock.pass_by(hours=11, minutes=59)
        assert identity.resolve(db, token, clock=clock) is not None
    clock.pass_by(hours=12)
    assert identity.resolve(db, token, clock=clock) is None


def test_and_after_seven_days_in_any_case(db: Database, lan: UUID, clock: FakeClock) -> None:
    token = _sign_in(db, clock)
    for _ in range(14):
        clock.pass_by(hours=11, minutes=59)
        assert identity.resolve(db, token, clock=clock) is not None
    clock.pass_by(minutes=14)
    assert identity.resolve(db, token, clock=clock) is None


def test_signing_out_ends_this_session_only(db: Database, lan: UUID, clock: FakeClock) -> None:
    first, second = _sign_in(db, clock), _sign_in(db, clock)
    identity.sign_out(db, first, clock=clock)
    identity.sign_out(db, first, clock=clock)
    identity.sign_out(db, "nothing", clock=clock)
    assert identity.resolve(db, first, clock=clock) is None
    assert identity.resolve(db, second, clock=clock) is not None


def test_a_new_password_ends_all_other_sessions(db: Database, lan: UUID, clock: FakeClock) -> None:
    mine, other = _sign_in(db, clock), _sign_in(db, clock)
    who = _signed_in(db, mine, clock)
    with pytest.raises(Invalid) as wrong:
        identity.change_password(db, who, "sai", NEW, clock=clock)
    assert set(wrong.value.fields) == {"current"}
    with pytest.raises(Invalid) as weak:
        identity.change_password(db, who, PASSWORD, "ngắn", clock=clock)
    assert set(weak.value.fields) == {"password"}
    assert identity.resolve(db, other, clock=clock) is not None
    identity.change_password(db, who, PASSWORD, NEW, clock=clock)
    assert identity.resolve(db, mine, clock=clock) is not None
    assert identity.resolve(db, other, clock=clock) is None
    with pytest.raises(SignInRefused):
        _sign_in(db, clock)
    assert identity.sign_in(db, "lan@example.vn", NEW, clock=clock).account_id == lan


def test_an_unattended_browser_cannot_guess_the_password(db: Database, lan: UUID, clock: FakeClock) -> None:
    who = _signed_in(db, _sign_in(db, clock), clock)
    for _ in range(5):
        with pytest.raises(Invalid):
            identity.change_password(db, who, "sai", NEW, clock=clock)
    with pytest.raises(TooManyAttempts):
        identity.change_password(db, who, PASSWORD, NEW, clock=clock)
    _sign_in(db, clock)  # and does not lock its owner out


def test_disabling_and_taking_a_role_act_at_once(
    db: Database, school: UUID, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    token = _sign_in(db, clock)
    with db.context(system, school, clock=clock) as ctx:
        access.revoke(ctx, lan, "accountant")
    assert _signed_in(db, token, clock).roles == frozenset()
    with db.context(system, school, clock=clock) as ctx:
        access.grant(ctx, lan, "accountant", until=clock().replace(year=2027))
    assert _signed_in(db, token, clock).roles == {"accountant"}
    with db.context(system, school, clock=clock) as ctx:
        identity.set_active(ctx, lan, False)
        identity.set_active(ctx, lan, True)
    assert identity.resolve(db, token, clock=clock) is None


def test_a_role_ends_with_its_day(db: Database, school: UUID, lan: UUID, system: Actor, clock: FakeClock) -> None:
    with db.context(system, school, clock=clock) as ctx:
        access.grant(ctx, lan, "head", until=clock().replace(day=23))
    token = _sign_in(db, clock)
    assert _signed_in(db, token, clock).roles == {"accountant", "head"}
    clock.pass_by(hours=11)
    _signed_in(db, token, clock)
    clock.pass_by(hours=11)
    _signed_in(db, token, clock)
    clock.pass_by(hours=11)
    assert _signed_in(db, token, clock).roles == {"accountant"}


def test_old_sessions_and_counters_are_forgotten(db: Database, lan: UUID, clock: FakeClock) -> None:
    _sign_in(db, clock)
    with pytest.raises(SignInRefused):
        identity.sign_in(db, "khong.ai", "sai", clock=clock)

    def left() -> tuple[int, int]:
        with db.all_schools(Actor("system", "x"), clock=clock) as ctx:
            forget(ctx, {}, lambda done, total, note=None: None)
            query = "SELECT (SELECT count(*) FROM core_session), (SELECT count(*) FROM core_sign_in_counter)"
            sessions, counters = ctx.session.execute(text(query)).one()
        return sessions, counters

    assert left() == (1, 2)
    clock.pass_by(hours=13)
    assert left() == (1, 0)
    clock.pass_by(days=38)
    assert left() == (0, 0)
