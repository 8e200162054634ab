"""Signing in: who gets in, what a refusal tells, and that nobody can lock out anybody else."""

from __future__ import annotations

import statistics
import threading
import time
from uuid import UUID

import pytest
from sqlalchemy import text

from core import access, identity
from core.data.session import Database
from core.identity import SignInRefused, TooManyAttempts, passwords, throttle
from core.identity.logins import normalise_login
from core.types.actor import Actor
from core.types.errors import Invalid

from .conftest import PASSWORD, FakeClock

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def _wrong(db: Database, clock: FakeClock, login: str = "lan@example.vn", *, where: str = ELSEWHERE) -> type[Exception]:
    with pytest.raises((SignInRefused, TooManyAttempts)) as caught:
        identity.sign_in(db, login, "sai mật khẩu rồi", remote_addr=where, clock=clock)
    return caught.type


def _right(db: Database, clock: FakeClock, *, where: str = HOME, device: str | None = None) -> identity.SignedInNow:
    return identity.sign_in(db, " Lan@Example.VN ", PASSWORD, remote_addr=where, device=device, clock=clock)


def test_a_person_signs_in_and_is_recognised(db: Database, school: UUID, lan: UUID, clock: FakeClock) -> None:
    _wrong(db, clock)
    done = identity.sign_in(db, "lan@example.vn", PASSWORD, remote_addr=HOME, user_agent="Firefox", clock=clock)
    assert (done.account_id, done.failed_before) == (lan, 1)
    found = identity.resolve(db, done.token, clock=clock)
    assert found is not None
    assert (found.account_id, found.name, found.school_id, found.school_name, found.year_name) == (
        lan,
        "Lê Thị Lan",
        school,
        "Trường THCS Hoa Phượng",
        "2026-2027",
    )
    assert found.roles == {"accountant"}
    assert found.modules >= {"finance", "learners"}
    assert found.person_id is not None
    assert found.schools == ((school, "Trường THCS Hoa Phượng"),)
    assert _right(db, clock).failed_before == 0


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912-345-678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("  Lan@Example.VN", "lan@example.vn"),
        ("ＬＡＮ", "lan"),
        ("hiệu trưởng", "hiệutrưởng"),
        ("hie\u0323\u0302u", "hiệu"),
        ("1234", "1234"),
        ("", ""),
    ],
)
def test_sign_in_names_are_written_in_many_ways(typed: str, stored: str) -> None:
    assert normalise_login(typed) == stored


def test_a_refusal_tells_nothing(db: Database, school: UUID, lan: UUID, system: Actor, clock: FakeClock) -> None:
    with db.context(system, school, clock=clock) as ctx:
        identity.create_account(ctx, "moi", "Người mới")  # no password yet
        gone = identity.create_account(ctx, "nghi", "Người nghỉ", password=PASSWORD)
        identity.set_active(ctx, gone, False)
    answers = set()
    for login, password in [
        ("lan@example.vn", "sai"),
        ("khong.ai", "sai"),
        ("moi", ""),
        ("moi", "sai"),
        ("nghi", PASSWORD),
        ("nghi", "sai"),
        ("lan@example.vn", "x" * 100_000),
        ("\0' OR 1=1 --", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace")),
    ]:
        with pytest.raises(SignInRefused) as caught:
            identity.sign_in(db, login, password, remote_addr=HOME, clock=clock)
        answers.add((caught.value.code, str(caught.value.message), caught.value.status))
    assert len(answers) == 1


@pytest.mark.parametrize("cheap", [False], indirect=True)
def test_an_unknown_account_takes_as_long(db: Database, lan: UUID, clock: FakeClock) -> None:
    def took(login: str) -> float:
        clock.pass_by(hours=13)
        start = time.perf_counter()
        _wrong(db, clock, login)
        return time.perf_counter() - start

    took("khong.ai")
    pairs = [(took("lan@example.vn"), took("khong.ai")) for _ in range(9)]
    known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2
    # The check itself is what takes long: it must have run for nobody too.
    start = time.perf_counter()
    passwords.verify(None, "x")
    assert unknown > 0.5 * (time.perf_counter() - start)


def test_guesses_get_slower_and_slower(db: Database, lan: UUID, clock: FakeClock) -> None:
    assert {_wrong(db, clock) for _ in range(throttle.FREE)} == {SignInRefused}
    waits = []
    for _ in range(12):
        with pytest.raises(TooManyAttempts) as caught:
            identity.sign_in(db, "lan@example.vn", PASSWORD, remote_addr=ELSEWHERE, clock=clock)
        waits.append(caught.value.retry_after)
        clock.pass_by(seconds=caught.value.retry_after)
        assert _wrong(db, clock) is SignInRefused
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert waits[-1] == 900
    clock.pass_by(hours=13)  # forgotten
    assert _right(db, clock, where=ELSEWHERE).account_id == lan


def test_knocking_at_a_closed_door_does_not_keep_it_closed(db: Database, lan: UUID, clock: FakeClock) -> None:
    for _ in range(throttle.FREE):
        _wrong(db, clock)
    for _ in range(50):
        assert _wrong(db, clock) is TooManyAttempts
    clock.pass_by(seconds=2)
    assert _right(db, clock, where=ELSEWHERE).account_id == lan


def test_nobody_is_locked_out_from_elsewhere(db: Database, lan: UUID, clock: FakeClock) -> None:
    for network in range(20):
        for _ in range(throttle.FREE + 1):
            _wrong(db, clock, where=f"198.51.100.{network}")
    assert _right(db, clock, where=HOME).failed_before == 20 * throttle.FREE


def test_nor_by_a_neighbour_in_the_same_network(db: Database, lan: UUID, clock: FakeClock) -> None:
    device = _right(db, clock).device
    while _wrong(db, clock, where=HOME) is SignInRefused:
        pass
    with pytest.raises(TooManyAttempts):  # a browser without the proof has to wait
        _right(db, clock)
    assert _right(db, clock, device=device).device == device


def test_a_device_is_proof_for_its_own_account_only(
    db: Database, school: UUID, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        identity.create_account(ctx, "minh", "Trần Minh", password=PASSWORD)
    device = identity.sign_in(db, "minh", PASSWORD, remote_addr=ELSEWHERE, clock=clock).device
    for forged in (device, device[:-2] + "AA", "x" * 48, ""):
        while _wrong(db, clock) is SignInRefused:
            pass
        with pytest.raises(TooManyAttempts):
            _right(db, clock, where=ELSEWHERE, device=forged)
    clock.pass_by(days=181)
    for _ in range(throttle.FREE):
        _wrong(db, clock, "minh")
    with pytest.raises(TooManyAttempts):
        identity.sign_in(db, "minh", PASSWORD, remote_addr=ELSEWHERE, device=device, clock=clock)


def test_guesses_at_the_same_moment_all_count(db: Database, lan: UUID, clock: FakeClock) -> None:
    start = threading.Barrier(12)
    answers: list[type[Exception]] = []

    def guess() -> None:
        start.wait()
        answers.append(_wrong(db, clock))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (answers.count(SignInRefused), answers.count(TooManyAttempts)) == (throttle.FREE, 12 - throttle.FREE)


def test_one_network_cannot_try_many_names(
    db: Database, lan: UUID, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "verify", lambda stored, password: password == PASSWORD)
    device = _right(db, clock, where=ELSEWHERE).device
    answers = [_wrong(db, clock, f"name{number}") for number in range(throttle.FREE_NETWORK + 20)]
    assert answers.count(SignInRefused) == throttle.FREE_NETWORK
    assert _wrong(db, clock, "another", where=HOME) is SignInRefused
    assert _right(db, clock, where=ELSEWHERE, device=device).account_id == lan


def test_a_right_password_does_not_wash_a_network_clean(
    db: Database, lan: UUID, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "verify", lambda stored, password: password == PASSWORD)
    tried = 0
    for number in range(200):
        if _wrong(db, clock, f"name{number}") is TooManyAttempts:
            break
        tried += 1
        with db.all_schools(Actor("system", "x")) as ctx:
            blocked = ctx.session.execute(
                text("SELECT max(blocked_until) > :now FROM core_sign_in_counter"), {"now": clock()}
            ).scalar_one()
        if not blocked:
            _right(db, clock, where=ELSEWHERE)
    assert tried <= throttle.FREE_NETWORK


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert throttle.network_of(address) == network


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("hoa-phượng-đỏ", True),
        ("correct horse battery", True),
        ("ngắn", False),
        ("aaaaaaaaaaaaaa", False),
        ("1234567890", False),
        ("9876543210", False),
        ("abcdefghijkl", False),
        ("lan@example.vn1", False),
        ("x" * 300, False),
    ],
)
def test_weak_passwords_are_refused(password: str, good: bool) -> None:
    if good:
        passwords.check_new(password, login="lan@example.vn", name="Lê Thị Lan")
    else:
        with pytest.raises(Invalid):
            passwords.check_new(password, login="lan@example.vn", name="Lê Thị Lan")


@pytest.mark.parametrize("cheap", [False], indirect=True)
def test_passwords_typed_on_another_keyboard_are_the_same() -> None:
    stored = passwords.hash_password("hoa phượng đỏ")
    assert passwords.verify(stored, "hoa phu\u031bo\u031b\u0323ng đo\u0309")
    assert "$argon2id$" in stored
    assert not passwords.verify(stored, "hoa phượng đo")
    assert not passwords.verify(None, "hoa phượng đỏ")


def test_the_school_of_the_last_session_is_kept(
    db: Database, school: UUID, other_school: UUID, lan: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.context(system, other_school, clock=clock) as ctx:
        access.grant(ctx, lan, "head")
    first = identity.resolve(db, _right(db, clock).token, clock=clock)
    assert first is not None
    assert first.school_id == school  # by name
    with db.context(Actor("account", "Lan", account_id=lan), school, clock=clock) as ctx:
        identity.switch_school(ctx, first.session_id, other_school)
    clock.pass_by(minutes=1)
    again = identity.resolve(db, _right(db, clock).token, clock=clock)
    assert again is not None
    assert (again.school_id, sorted(again.roles)) == (other_school, ["head"])
    with db.context(system, other_school, clock=clock) as ctx:
        access.revoke(ctx, lan, "head")
    clock.pass_by(minutes=1)
    third = identity.resolve(db, _right(db, clock).token, clock=clock)
    assert third is not None
    assert (third.school_id, sorted(third.roles)) == (school, ["accountant"])
