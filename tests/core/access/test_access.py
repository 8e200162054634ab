"""Permissions from roles and modules, relation scopes, and roles that nobody gives beyond their own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from core import access, identity
from core.access.core_permissions import PERMISSIONS, ROLE_GRANTS
from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.kernel.states import Loaded
from core.people.services import create_person, relate
from core.types.actor import Actor
from core.types.contributions import Permission, RoleGrant
from core.types.errors import Forbidden, Invalid, NotFound
from core.types.message import _


def _registry() -> Registry:
    permissions = [
        *(Owned("core", permission) for permission in PERMISSIONS),
        Owned("finance", Permission("finance.bill.read", _("See bills"))),
        Owned("finance", Permission("finance.bill.read.own", _("See own bills"))),
        Owned("library", Permission("library.loan.read", _("See loans"))),
    ]
    grants = [
        *(Owned("core", grant) for grant in ROLE_GRANTS),
        Owned("finance", RoleGrant("accountant", frozenset({"finance.bill.read", "finance.not.declared"}))),
        Owned("finance", RoleGrant("parent", frozenset({"finance.bill.read.own"}))),
        Owned("library", RoleGrant("parent", frozenset({"library.loan.read", "finance.bill.read"}))),
    ]
    plugins = (
        Loaded("finance", "plugins.finance", builtin=True, plugin=object()),
        Loaded("library", "plugins.library", builtin=True, plugin=object()),
    )
    return Registry(plugins, {"provide_permissions": tuple(permissions), "provide_roles": tuple(grants)})


FINANCE, BOTH = frozenset({"finance"}), frozenset({"finance", "library"})
EVERYBODY = {"core.home.see", "core.account.own", "core.people.data.own"}
COUNTING = EVERYBODY | {"core.figures.read"}


def test_permissions_follow_roles_and_modules() -> None:
    registry = _registry()

    def may(role: str, modules: frozenset[str]) -> set[str]:
        return set(access.permissions_for(registry, {role}, modules))

    assert may("accountant", FINANCE) == COUNTING | {"finance.bill.read"}
    assert may("accountant", frozenset()) == COUNTING
    assert may("parent", FINANCE) == EVERYBODY | {"finance.bill.read.own"}
    assert "library.loan.read" in may("parent", BOTH)
    assert may("nobody", BOTH) == set()
    assert access.permissions_for(registry, (), BOTH) == frozenset()


def test_a_module_that_is_off_grants_nothing_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = _registry()
    assert "finance.bill.read" not in access.permissions_for(registry, {"parent"}, frozenset({"library"}))
    assert "finance.bill.read" not in access.permissions_for(registry, {"parent"}, FINANCE)


def test_answers_are_kept_for_each_registry() -> None:
    one, other = _registry(), Registry((), {})
    first = access.permissions_for(one, {"head"}, FINANCE)
    assert access.permissions_for(one, ["head", "head"], FINANCE) is first
    assert access.permissions_for(other, {"head"}, FINANCE) == frozenset()


def test_every_permission_granted_by_the_core_is_declared() -> None:
    declared = {permission.name for permission in PERMISSIONS}
    assert len(declared) == len(PERMISSIONS)
    for grant in ROLE_GRANTS:
        assert grant.permissions <= declared
        assert grant.role in access.ROLES


def test_a_parent_reaches_only_their_own_children(
    db: Database, school: UUID, other_school: UUID, system: Actor
) -> None:
    with db.context(system, school) as ctx:
        mother, child, kept_away, stranger = (create_person(ctx, name) for name in ("Mẹ", "Con", "Con riêng", "Bạn"))
        relate(ctx, mother, child, "mother")
        relate(ctx, mother, kept_away, "guardian", may_access=False)
    parent = Actor("account", "Mẹ", person_id=mother, permissions=frozenset({"finance.bill.read.own"}))
    with db.context(parent, school) as ctx:
        assert access.children(ctx) == {child}
        access.require_for(ctx, "finance.bill.read", child)
        access.require_for(ctx, "finance.bill.read", mother)
        for other in (kept_away, stranger, UUID(int=1)):
            with pytest.raises(NotFound):
                access.require_for(ctx, "finance.bill.read", other)
        with pytest.raises(NotFound):  # another right has no `.own` form here
            access.require_for(ctx, "finance.bill.edit", child)
    with db.context(parent, other_school) as ctx:
        assert access.children(ctx) == frozenset()
        with pytest.raises(NotFound):
            access.require_for(ctx, "finance.bill.read", child)
    with db.context(parent.with_permissions("finance.bill.read"), school) as ctx:
        access.require_for(ctx, "finance.bill.read", stranger)
    with db.context(Actor("link", "pay link", permissions=parent.permissions), school) as ctx:
        assert access.children(ctx) == frozenset()
        with pytest.raises(NotFound):
            access.require_for(ctx, "finance.bill.read", child)


def _officer(role: str) -> Actor:
    return Actor(
        "account", role, account_id=UUID(int=9), roles=frozenset({role}),
        permissions=access.permissions_for(_registry(), {role}, FINANCE),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("giver", "role", "passes"),
    [
        ("head", "head", True),
        ("head", "office", True),
        ("head", "accountant", True),
        ("head", "operator", False),
        ("office", "parent", True),
        ("office", "accountant", False),
        ("office", "head", False),
        ("accountant", "parent", False),
        ("parent", "parent", False),
        ("operator", "head", True),
    ],
)
def test_nobody_gives_a_role_beyond_their_own(
    db: Database, school: UUID, system: Actor, giver: str, role: str, passes: bool
) -> None:
    with db.context(system, school) as ctx:
        account = identity.create_account(ctx, "minh", "Trần Minh")
    if passes:
        with db.context(_officer(giver), school) as ctx:
            access.grant(ctx, account, role)
            assert [held.role for held in access.roles_of(ctx, account)] == [role]
            access.revoke(ctx, account, role)
            assert access.roles_of(ctx, account) == []
            with pytest.raises(NotFound):
                access.revoke(ctx, account, role)
    else:
        with pytest.raises(Forbidden), db.context(_officer(giver), school) as ctx:
            access.grant(ctx, account, role)


def test_roles_have_their_place_and_time(db: Database, school: UUID, system: Actor) -> None:
    with db.context(system, school) as ctx:
        account = identity.create_account(ctx, "minh", "Trần Minh")
        for role in ("operator", "emperor"):
            with pytest.raises(Invalid):
                access.grant(ctx, account, role)
        with pytest.raises(Invalid):
            access.grant(ctx, account, "head", until=ctx.now() - timedelta(days=1))
    with pytest.raises(Invalid), db.all_schools(system) as ctx:
        access.grant(ctx, account, "head")
    with db.all_schools(system) as ctx:
        access.grant(ctx, account, "operator")
        assert [(held.role, held.school_id) for held in access.roles_of(ctx, account)] == [("operator", None)]
        access.revoke(ctx, account, "operator")
        access.grant(ctx, account, "operator")  # given again


class TestManagingAccounts:
    """Who can reset a password can become that person: a reset must never reach further than the one who resets."""

    @pytest.fixture
    def accounts(self, db: Database, school: UUID, other_school: UUID, system: Actor) -> dict[str, UUID]:
        made: dict[str, UUID] = {}
        with db.context(system, school) as ctx:
            for role in ("head", "office", "accountant", "parent"):
                made[role] = identity.create_account(ctx, role, f"Người {role}")
                access.grant(ctx, made[role], role)
            made["abroad"] = identity.create_account(ctx, "abroad", "Hai trường")
            access.grant(ctx, made["abroad"], "parent")
            made["linked"] = identity.create_account(ctx, "linked", "Hai trường, một vai")
            access.grant(ctx, made["linked"], "parent")
            made["boss"] = identity.create_account(ctx, "boss", "Người vận hành")
            access.grant(ctx, made["boss"], "parent")
        with db.context(system, other_school) as ctx:
            access.grant(ctx, made["abroad"], "parent")
            identity.link_person(ctx, made["linked"], create_person(ctx, "Hai trường"))
            made["foreign"] = identity.create_account(ctx, "foreign", "Trường khác")
            access.grant(ctx, made["foreign"], "parent")
        with db.all_schools(system) as ctx:
            access.grant(ctx, made["boss"], "operator")
        return made

    @pytest.mark.parametrize(
        ("manager", "reaches"),
        [
            ("head", {"head", "office", "accountant", "parent"}),
            ("office", {"parent"}),
            ("accountant", set()),
            ("parent", set()),
            ("operator", {"head", "office", "accountant", "parent", "abroad", "linked", "boss"}),
        ],
    )
    def test_resets_reach_no_further(
        self, db: Database, school: UUID, accounts: dict[str, UUID], manager: str, reaches: set[str]
    ) -> None:
        done = set()
        for name, account in accounts.items():
            try:
                with db.context(_officer(manager), school) as ctx:
                    identity.set_password(ctx, account, "một mật khẩu mới 1")
                    done.add(name)
            except (Forbidden, NotFound):
                continue
        assert done == reaches
