"""Family codes: what they open, for whom, how often, and what guessing gets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core import access, audit, identity
from core.access import scopes
from core.data.context import Context
from core.data.session import Database
from core.identity import throttle
from core.identity.crockford import ALPHABET, check_character, is_whole, new_code, shown, tidy
from core.identity.families import accounts, issuing, joining
from core.identity.families.home import families_of
from core.identity.families.joining import AnswerRefused, CodeMistyped, CodeRefused
from core.identity.families.questions import day_of, initials, is_right, question_for
from core.identity.links import LinkExpired
from core.identity.signin import TooManyAttempts
from core.people.services import create_person, relate
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from tests.core.identity.conftest import PASSWORD, FakeClock, cheap, clock

__all__ = ["cheap", "clock"]
PHONE = "+84912345678"


@dataclass(frozen=True)
class Family:
    school: UUID
    child: UUID
    father: UUID
    mother: UUID
    code: str


def _family(ctx: Context, *, child: str = "Nguyễn Văn An", born: date | None = date(2014, 9, 5)) -> Family:
    pupil = create_person(ctx, child, birth_date=born)
    father = create_person(ctx, "Nguyễn Văn Bình", phones=[PHONE])
    mother = create_person(ctx, "Trần Thị Hoa")
    barred = create_person(ctx, "Lê Văn Cấm", phones=["+84900000000"])
    relate(ctx, father, pupil, "father")
    relate(ctx, mother, pupil, "mother")
    relate(ctx, barred, pupil, "guardian", may_access=False)
    assert issuing.issue(ctx, [pupil]) == 1
    return Family(ctx.school_id, pupil, father, mother, issuing.families(ctx, [pupil])[pupil].code)


@pytest.fixture
def family(db: Database, school: UUID, system: Actor, clock: FakeClock) -> Family:
    with db.context(system, school, clock=clock) as ctx:
        return _family(ctx)


def _token(db: Database, family: Family, clock: FakeClock, who: UUID | None = None, given: str = "5678") -> str:
    return joining.answer(db, family.code, who or family.father, given, clock=clock)


def _children(db: Database, account: UUID, person: UUID, school: UUID, clock: FakeClock) -> frozenset[UUID]:
    with db.context(Actor("account", "x", account_id=account, person_id=person), school, clock=clock) as ctx:
        return scopes.children(ctx)


def test_a_parent_joins_and_reaches_the_child(db: Database, family: Family, clock: FakeClock) -> None:
    opened = joining.look(db, f" {shown(family.code).lower()} ", clock=clock)
    assert (opened.school_name, opened.child) == ("Trường THCS Hoa Phượng", "N.V.A.")
    assert [(one.kind, one.question) for one in opened.guardians] == [("father", "phone"), ("mother", "birth")]
    assert "An" not in repr(opened), "no name of the child before the second knowledge"
    token = _token(db, family, clock, given="0912 345 678")
    assert accounts.joining(db, token, clock=clock).name == "Nguyễn Văn Bình"
    done = accounts.join_new(db, token, "0912 345 678", PASSWORD, clock=clock)
    who = identity.resolve(db, done.token, clock=clock)
    assert who is not None
    assert (who.school_id, who.roles, who.person_id) == (family.school, frozenset({"parent"}), family.father)
    assert _children(db, who.account_id, family.father, family.school, clock) == {family.child}
    with pytest.raises(accounts.JoiningOver):  # the page sent twice
        accounts.join_new(db, token, "khac@example.vn", PASSWORD, clock=clock)
    with pytest.raises(Conflict):  # once for each guardian
        _token(db, family, clock)
    token = _token(db, family, clock, family.mother, "5/9/2014")
    accounts.join_new(db, token, "hoa@example.vn", PASSWORD, clock=clock)
    with db.context(Actor("system", "test"), family.school, clock=clock) as ctx:
        row = issuing.families(ctx, [family.child])[family.child]
        assert (row.guardians, row.joined) == (2, 2)
        assert issuing.issue(ctx, [family.child]) == 0, "nobody is left to join"
        actions = [entry.action for entry in audit.history(ctx, ("account", who.account_id))]
    assert "identity.family_joined" in actions


def test_a_code_is_over_when_withdrawn_or_late(db: Database, family: Family, clock: FakeClock, system: Actor) -> None:
    token = _token(db, family, clock)
    with db.context(system, family.school, clock=clock) as ctx:
        assert issuing.withdraw(ctx, [family.child]) == 1
        with pytest.raises(NotFound):
            issuing.withdraw(ctx, [family.child])
    with pytest.raises(CodeRefused):
        joining.look(db, family.code, clock=clock)
    with pytest.raises(accounts.JoiningOver):
        accounts.join_new(db, token, "binh@example.vn", PASSWORD, clock=clock)
    with db.context(system, family.school, clock=clock) as ctx:
        assert issuing.issue(ctx, [family.child]) == 1
        again = issuing.families(ctx, [family.child])[family.child].code
    assert again != family.code
    token = joining.answer(db, again, family.father, "5678", clock=clock)
    clock.pass_by(minutes=31)
    with pytest.raises(LinkExpired):
        accounts.join_new(db, token, "binh@example.vn", PASSWORD, clock=clock)
    clock.pass_by(days=30)
    with pytest.raises(CodeRefused):
        joining.look(db, again, clock=clock)


def test_wrong_answers_lock_the_code(db: Database, family: Family, clock: FakeClock, system: Actor) -> None:
    for number in range(joining.MOST_FAILURES):
        with pytest.raises(AnswerRefused):
            joining.answer(db, family.code, family.father, f"{number:04}", remote_addr=f"192.0.2.{number}", clock=clock)
    with pytest.raises(CodeRefused):
        joining.answer(db, family.code, family.father, "5678", clock=clock)
    with db.context(system, family.school, clock=clock) as ctx:
        assert "identity.family_code_locked" in {e.action for e in audit.history(ctx, ("person", family.child))}
        assert issuing.families(ctx, [family.child])[family.child].locked


def test_guessing_codes_leads_nowhere(db: Database, family: Family, clock: FakeClock) -> None:
    refused = 0
    with pytest.raises(TooManyAttempts):
        for _guess in range(200):
            with pytest.raises(CodeRefused):
                joining.look(db, new_code(issuing.LENGTH), remote_addr="192.0.2.7", clock=clock)
            refused += 1
    assert refused == throttle.FREE_CODES
    with pytest.raises(TooManyAttempts):
        joining.look(db, family.code, remote_addr="192.0.2.7", clock=clock)
    assert joining.look(db, family.code, remote_addr="192.0.2.8", clock=clock).child == "N.V.A."


def test_a_right_code_washes_no_network_clean(db: Database, family: Family, clock: FakeClock) -> None:
    refused = 0
    with pytest.raises(TooManyAttempts):
        for _guess in range(200):
            joining.look(db, family.code, remote_addr="192.0.2.7", clock=clock)
            with pytest.raises(CodeRefused):
                joining.look(db, new_code(issuing.LENGTH), remote_addr="192.0.2.7", clock=clock)
            refused += 1
    assert refused <= throttle.FREE_CODES


def test_a_slip_of_the_finger_is_not_counted(db: Database, family: Family, clock: FakeClock) -> None:
    sign = ALPHABET[(ALPHABET.index(family.code[3]) + 1) % 32]
    for _try in range(throttle.FREE_CODES + 5):
        with pytest.raises(CodeMistyped):
            joining.look(db, family.code[:3] + sign + family.code[4:], remote_addr="192.0.2.7", clock=clock)
    assert joining.look(db, family.code, remote_addr="192.0.2.7", clock=clock)


def test_one_account_for_children_at_two_schools(
    db: Database, family: Family, other_school: UUID, system: Actor, clock: FakeClock
) -> None:
    done = accounts.join_new(db, _token(db, family, clock), "binh@example.vn", PASSWORD, clock=clock)
    with db.context(system, other_school, clock=clock) as ctx:
        second = _family(ctx, child="Nguyễn Thị Chi")
    accounts.join_existing(db, _token(db, second, clock), done.account_id, clock=clock)
    with db.context(Actor("account", "x", account_id=done.account_id), family.school, clock=clock) as ctx:
        found = {(one.school_name, one.children) for one in families_of(ctx)}
    assert found == {
        ("Trường THCS Hoa Phượng", ("Nguyễn Văn An",)),
        ("Trường Tiểu học Cánh Diều", ("Nguyễn Thị Chi",)),
    }
    assert _children(db, done.account_id, second.father, other_school, clock) == {second.child}
    assert _children(db, done.account_id, family.father, other_school, clock) == set(), "walls stay"
    with db.context(system, family.school, clock=clock) as ctx:
        access.revoke(ctx, done.account_id, "parent")
    with db.context(Actor("account", "x", account_id=done.account_id), other_school, clock=clock) as ctx:
        assert [one.school_name for one in families_of(ctx)] == ["Trường Tiểu học Cánh Diều"]


def test_a_member_of_staff_who_is_a_parent(db: Database, family: Family, system: Actor, clock: FakeClock) -> None:
    with db.context(system, family.school, clock=clock) as ctx:
        me = create_person(ctx, "Nguyen Van Binh")
        mine = identity.create_account(ctx, "binh", "Nguyễn Văn Bình", password=PASSWORD, person_id=me)
        access.grant(ctx, mine, "accountant")
        stranger = create_person(ctx, "Đỗ Quốc Bảo")
        other = identity.create_account(ctx, "bao", "Đỗ Quốc Bảo", password=PASSWORD, person_id=stranger)
    with pytest.raises(Conflict):  # another name: a person looks into it
        accounts.join_existing(db, _token(db, family, clock), other, clock=clock)
    accounts.join_existing(db, _token(db, family, clock), mine, clock=clock)
    assert _children(db, mine, me, family.school, clock) == {family.child}
    done = identity.sign_in(db, "binh", PASSWORD, clock=clock)
    who = identity.resolve(db, done.token, clock=clock)
    assert who is not None
    assert who.roles == {"accountant", "parent"}


def test_nobody_joins_twice_or_for_somebody_else(db: Database, family: Family, clock: FakeClock) -> None:
    done = accounts.join_new(db, _token(db, family, clock), "binh@example.vn", PASSWORD, clock=clock)
    with pytest.raises(CodeRefused):
        joining.answer(db, family.code, family.child, "5/9/2014", clock=clock)
    token = _token(db, family, clock, family.mother, "2014-09-05")
    with pytest.raises(Conflict):  # her code, his account: another name at this school
        accounts.join_existing(db, token, done.account_id, clock=clock)
    with pytest.raises(Conflict):
        accounts.join_new(db, token, "binh@example.vn", PASSWORD, clock=clock)
    with pytest.raises(Invalid):
        accounts.join_new(db, token, "hoa@example.vn", "123456", clock=clock)
    with pytest.raises(NotFound):
        accounts.joining(db, token[:-2] + "AA", clock=clock)
    assert accounts.join_new(db, token, "hoa@example.vn", PASSWORD, clock=clock).stage == "open"


def test_codes_are_kept_sealed_and_within_their_school(
    db: Database, family: Family, other_school: UUID, system: Actor, clock: FakeClock
) -> None:
    with db.all_schools(system) as ctx:
        row = ctx.session.execute(text("SELECT code, code_hash FROM core_family_code")).one()
    assert family.code not in row.code
    assert family.code.encode() not in row.code_hash
    with db.context(system, other_school, clock=clock) as ctx:
        assert issuing.families(ctx, [family.child])[family.child].code == ""
        assert issuing.issue(ctx, [family.child]) == 0
        with pytest.raises(NotFound):
            issuing.withdraw(ctx, [family.child])
    nobody = Actor("account", "x", permissions=frozenset({"core.accounts.manage"}))
    with db.context(nobody, family.school, clock=clock) as ctx:
        for step in (issuing.families, issuing.issue, issuing.withdraw):
            with pytest.raises(Forbidden):
                step(ctx, [family.child])


def test_two_who_make_codes_at_once_make_one(db: Database, family: Family, system: Actor, clock: FakeClock) -> None:
    with db.context(system, family.school, clock=clock) as ctx:
        issuing.withdraw(ctx, [family.child])

    def make(_number: int) -> int:
        with db.context(system, family.school, clock=clock) as ctx:
            return issuing.issue(ctx, [family.child])

    with ThreadPoolExecutor(4) as hands:
        assert sorted(hands.map(make, range(4))) == [0, 0, 0, 1]


def test_second_questions() -> None:
    born = date(2014, 9, 5)
    assert question_for("phone", [PHONE], born) == "phone"
    assert question_for("birth", [PHONE], born) == "birth"
    assert question_for("phone", [], born) == "birth"
    assert question_for("birth", [PHONE], None) == "phone"
    assert question_for("birth", [], None) == ""
    assert not is_right("", "", [], None)
    assert not is_right("phone", "678", [PHONE], born)
    assert is_right("phone", "5678", ["+84900000001", PHONE], born)
    for typed in ("5/9/2014", "05-09-2014", "2014-09-05", " 5 . 9 . 2014 "):
        assert day_of(typed) == born
    for typed in ("", "31/2/2014", "9/5/14", "abc"):
        assert day_of(typed) is None
    assert initials("Nguyễn  Đức An") == "N.Đ.A."


@given(st.text(ALPHABET, min_size=9, max_size=9), st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_found(body: str, place: int, sign: str) -> None:
    code = body + check_character(body)
    assert is_whole(code, 10)
    assert tidy(shown(code).lower()) == code
    changed = code[:place] + sign + code[place + 1 :]
    assert is_whole(changed, 10) == (changed == code)
