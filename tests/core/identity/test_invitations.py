"""Invitations: a password that only its owner has ever known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from core import access, audit, identity
from core.data.session import Database
from core.identity import accounts, sessions, signin
from core.identity.invitations import LIFE, InvitationOver
from core.identity.links import LinkExpired, make_link
from core.types.actor import Actor
from core.types.clock import Clock, utc_now
from core.types.errors import Conflict, Forbidden, Invalid, NotFound

GOOD = "bon con cho vang"


def _later(by: timedelta) -> Clock:
    def clock() -> datetime:
        return utc_now() + by

    return clock


@pytest.fixture
def invited(db: Database, school: UUID, system: Actor) -> tuple[UUID, str]:
    with db.context(system, school) as ctx:
        account = identity.invite_new(ctx, login="co.lan", name="Trần Thu Lan", role="accountant")
        opened = identity.open_invitation(ctx, account)
    assert opened is not None
    return account, opened[0]


def test_a_person_sets_a_password_once_and_is_signed_in(
    db: Database, school: UUID, system: Actor, invited: tuple[UUID, str]
) -> None:
    account, token = invited
    with pytest.raises(signin.SignInRefused):
        signin.sign_in(db, "co.lan", GOOD)
    assert identity.invited(db, token).login == "co.lan"
    assert identity.invited(db, token).account_id == account, "looking does not use it up"
    done = identity.accept(db, token, GOOD)
    person = sessions.resolve(db, done.token)
    assert person is not None
    assert (person.school_id, person.roles) == (school, frozenset({"accountant"}))
    assert signin.sign_in(db, "co.lan", GOOD).account_id == account
    with pytest.raises(InvitationOver):
        identity.accept(db, token, "mot mat khau khac")
    with db.context(system, school) as ctx:
        assert identity.open_invitation(ctx, account) is None
        actions = {entry.action for entry in audit.history(ctx, ("account", account))}
    assert {"identity.account_created", "identity.invited", "identity.invitation_used"} <= actions


def test_a_weak_password_leaves_the_link_good(db: Database, invited: tuple[UUID, str]) -> None:
    _account, token = invited
    for weak in ("ngắn", "1234567890", "tran thu lan co.lan"):
        with pytest.raises(Invalid):
            identity.accept(db, token, weak)
    assert identity.accept(db, token, GOOD).token


def test_links_that_are_over(db: Database, school: UUID, system: Actor, invited: tuple[UUID, str]) -> None:
    account, token = invited
    with pytest.raises(LinkExpired):
        identity.invited(db, token, clock=_later(LIFE + timedelta(minutes=1)))
    for forged in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        make_link("finance.bill", account, utc_now() + LIFE),
    ):
        with pytest.raises(NotFound):
            identity.invited(db, forged)
    with db.context(system, school) as ctx:
        newer = identity.invite(ctx, account)
    with pytest.raises(InvitationOver):
        identity.accept(db, token, GOOD)
    with db.context(system, school) as ctx:
        accounts.set_active(ctx, account, False)
        with pytest.raises(Conflict):
            identity.invite(ctx, account)
    with pytest.raises(InvitationOver):
        identity.accept(db, newer, GOOD)


def test_a_new_password_ends_all_sessions(db: Database, school: UUID, system: Actor, invited: tuple[UUID, str]) -> None:
    account, token = invited
    before = identity.accept(db, token, GOOD).token
    with db.context(system, school) as ctx:
        again = identity.invite(ctx, account)
    assert sessions.resolve(db, before) is not None, "the old password works until the link is used"
    identity.accept(db, again, "nam con meo den")
    assert sessions.resolve(db, before) is None
    with pytest.raises(signin.SignInRefused):
        signin.sign_in(db, "co.lan", GOOD)


def test_of_two_uses_at_once_one_wins(db: Database, invited: tuple[UUID, str]) -> None:
    _account, token = invited

    def use(number: int) -> str:
        try:
            identity.accept(db, token, f"{GOOD} {number}")
        except InvitationOver:
            return "over"
        return "set"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["over", "over", "over", "set"]


def test_nobody_invites_beyond_their_reach(
    db: Database, school: UUID, other_school: UUID, system: Actor, invited: tuple[UUID, str]
) -> None:
    """Whoever holds the link becomes the account, so inviting needs the right to manage it."""
    account, _token = invited
    rights = frozenset({"core.accounts.manage", "core.accounts.read", "core.roles.grant"})
    clerk = Actor("account", "Văn phòng", roles=frozenset({"office"}), permissions=rights)
    head = Actor("account", "Hiệu trưởng", roles=frozenset({"head"}), permissions=rights)
    with db.context(clerk, school) as ctx, pytest.raises(Forbidden):
        identity.invite(ctx, account)
    with db.context(clerk, school) as ctx, pytest.raises(Forbidden):
        identity.invite_new(ctx, login="moi", name="Người Mới", role="head")
    with db.context(head, other_school) as ctx, pytest.raises(NotFound):
        identity.invite(ctx, account)
    with db.context(head, school) as ctx:
        assert identity.invite(ctx, account)
    with db.context(Actor("account", "x"), school) as ctx, pytest.raises(Forbidden):
        identity.invite(ctx, account)


def test_accounts_are_found_without_accents_by_given_name(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        for login, name in (("ut.d", "Đặng Văn Út"), ("anh.t", "Trần Thị Ánh"), ("binh.l", "Lê Văn Bình")):
            access.grant(ctx, accounts.create_account(ctx, login, name), "parent")
        assert [row.name for row in identity.accounts_of_school(ctx)] == ["Trần Thị Ánh", "Lê Văn Bình", "Đặng Văn Út"]
        assert [row.name for row in identity.accounts_of_school(ctx, words="dang van ut")] == ["Đặng Văn Út"]
        assert identity.count_accounts(ctx, "VĂN") == 2
        first = identity.accounts_of_school(ctx, limit=1)[0]
        rest = identity.accounts_of_school(ctx, after=(first.sort_key, first.id))
        assert len(rest) == 2
