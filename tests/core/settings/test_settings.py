"""Typed settings of schools and of the installation; secrets that are never shown again."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import audit, settings
from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.kernel.states import Loaded
from core.settings import Keyring, services
from core.types.actor import Actor
from core.types.contributions import Setting
from core.types.errors import Forbidden, Invalid, NotFound
from core.types.message import _

ITEMS = [
    Setting("finance.prefix", _("Prefix"), default="PT"),
    Setting("finance.days", _("Days"), kind="int", default=15),
    Setting("finance.remind", _("Remind"), kind="bool", default=True),
    Setting("finance.paper", _("Paper"), kind="choice", default="A5", choices=(("A4", _("A4")), ("A5", _("A5")))),
    Setting("finance.token", _("Token"), secret=True),
    Setting("finance.sender", _("Sender"), scope="instance", default="nobody"),
    Setting("finance.password", _("Password"), scope="instance", secret=True),
]
ON = frozenset({"finance"})
SECRET = "một bí mật rất dài"


@pytest.fixture(autouse=True)
def bound() -> Iterator[None]:
    finance = Loaded("finance", "plugins.finance", builtin=True, plugin=object())
    registry = Registry((finance,), {"provide_settings": tuple(Owned("finance", item) for item in ITEMS)})
    before = services._definitions
    settings.bind(registry)
    yield
    services._definitions = before


@pytest.fixture
def head() -> Actor:
    rights = frozenset({"core.settings.read", "core.settings.manage"})
    return Actor("account", "Thầy Hiệu", roles=frozenset({"head"}), permissions=rights)


def test_a_setting_without_a_value_has_its_default(db: Database, school: UUID, head: Actor) -> None:
    with db.context(head, school) as ctx:
        assert [settings.get(ctx, item.key) for item in ITEMS] == ["PT", 15, True, "A5", "", "nobody", ""]
        with pytest.raises(KeyError):
            settings.get(ctx, "finance.nothing")
        with pytest.raises(NotFound):
            settings.put(ctx, "finance.nothing", "x")


def test_values_are_read_in_their_kind(db: Database, school: UUID, other_school: UUID, head: Actor) -> None:
    with db.context(head, school) as ctx:
        for key, typed in [("prefix", " HP "), ("days", " 30 "), ("remind", "0"), ("paper", "A4")]:
            settings.put(ctx, f"finance.{key}", typed)
    with db.context(head, school) as ctx:
        assert [settings.get(ctx, item.key) for item in ITEMS[:4]] == ["HP", 30, False, "A4"]
        settings.put(ctx, "finance.days", 7)
        assert settings.get(ctx, "finance.days") == 7
        settings.clear(ctx, "finance.days")
        assert settings.get(ctx, "finance.days") == 15
    with db.context(head, other_school) as ctx:
        assert [settings.get(ctx, item.key) for item in ITEMS[:4]] == ["PT", 15, True, "A5"]


@pytest.mark.parametrize(("key", "wrong"), [("finance.days", "ba mươi"), ("finance.days", ""), ("finance.paper", "A3")])
def test_a_wrong_value_changes_nothing(db: Database, school: UUID, head: Actor, key: str, wrong: str) -> None:
    with db.context(head, school) as ctx:
        before = settings.get(ctx, key)
        with pytest.raises(Invalid) as caught:
            settings.put(ctx, key, wrong)
        assert set(caught.value.fields) == {key}
        assert settings.get(ctx, key) == before


def test_a_secret_is_sealed_and_never_shown(db: Database, school: UUID, head: Actor) -> None:
    with db.context(head, school) as ctx:
        settings.put(ctx, "finance.token", SECRET)
    with db.context(head, school) as ctx:
        assert settings.get(ctx, "finance.token") == SECRET
        settings.put(ctx, "finance.token", "")  # the page sends it empty
        assert settings.get(ctx, "finance.token") == SECRET
        stored = ctx.session.execute(text("SELECT value::text FROM core_setting")).scalar_one()
        shown = {item.setting.key: item for item in settings.shown(ctx, ON)}
        trail = str(audit.history(ctx, ("setting", "finance.token")))
        assert (shown["finance.token"].value, shown["finance.token"].is_set) == (None, True)
        for place in (stored, str(shown), trail):
            assert SECRET not in place
        settings.clear(ctx, "finance.token")
        assert settings.get(ctx, "finance.token") == ""


def test_a_sealed_value_cannot_be_moved(db: Database, school: UUID, other_school: UUID, head: Actor) -> None:
    for place in (school, other_school):
        with db.context(head, place) as ctx:
            settings.put(ctx, "finance.token", f"{SECRET} {place}")
    with db.all_schools(Actor("system", "attacker")) as ctx:
        ctx.session.execute(
            text(
                "UPDATE core_setting SET value = (SELECT value FROM core_setting WHERE school_id = :theirs)"
                " WHERE school_id = :mine"
            ),
            {"theirs": other_school, "mine": school},
        )
    with pytest.raises(ValueError, match="changed or moved"), db.context(head, school) as ctx:
        settings.get(ctx, "finance.token")


def test_the_installation_is_not_the_schools(db: Database, school: UUID, head: Actor, system: Actor) -> None:
    with pytest.raises(Forbidden), db.context(head, school) as ctx:
        settings.put(ctx, "finance.sender", "us")
    with db.all_schools(system) as ctx:
        settings.put(ctx, "finance.sender", "us")
        settings.put(ctx, "finance.password", SECRET)
        assert [item.setting.key for item in settings.shown(ctx, ON)] == [
            "finance.sender",
            "finance.password",
        ]
    with db.context(head, school) as ctx:
        assert settings.get(ctx, "finance.sender") == "us"
        assert settings.get(ctx, "finance.password") == SECRET
        assert "finance.sender" not in {item.setting.key for item in settings.shown(ctx, ON)}
        assert settings.shown(ctx, frozenset()) == []
    with pytest.raises(DBAPIError, match="row-level security"), db.context(system, school) as ctx:
        ctx.session.execute(
            text(
                "INSERT INTO core_setting (id, key, value, created_at, updated_at)"
                " VALUES (uuidv7(), 'finance.sender', '1', now(), now())"
            )
        )


def test_only_who_may_changes_and_sees(db: Database, school: UUID) -> None:
    nobody = Actor("account", "x")
    with db.context(nobody, school) as ctx:
        with pytest.raises(Forbidden):
            settings.put(ctx, "finance.days", 3)
        with pytest.raises(Forbidden):
            settings.clear(ctx, "finance.days")
        with pytest.raises(Forbidden):
            settings.shown(ctx, ON)


class TestKeys:
    """Sealing and the change of keys."""

    OLD, NEW = "o" * 32, "n" * 40

    def test_keys_change_without_losing_anything(self) -> None:
        before, after, gone = Keyring([self.OLD]), Keyring([self.NEW, self.OLD]), Keyring([self.NEW])
        sealed = before.seal("x", "here")
        assert after.unseal(sealed, "here") == "x"
        assert not after.is_current(sealed)
        assert after.is_current(after.seal("x", "here"))
        with pytest.raises(ValueError, match="key that is not there"):
            gone.unseal(sealed, "here")

    @pytest.mark.parametrize("sealed", ["", "v1", "v1.x.y", "v2.a.b", "v1..", "plain text"])
    def test_garbage_is_refused(self, sealed: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            Keyring([self.OLD]).unseal(sealed, "here")

    def test_every_change_is_found(self) -> None:
        ring = Keyring([self.OLD])
        sealed = ring.seal("một", "here")
        assert ring.seal("một", "here") != sealed
        with pytest.raises(ValueError, match="changed or moved"):
            ring.unseal(sealed, "there")
        body = sealed.rpartition(".")[2]
        for place in range(0, len(body) - 4, 5):
            other = "A" if body[place] != "A" else "B"
            changed = sealed[: -len(body)] + body[:place] + other + body[place + 1 :]
            with pytest.raises(ValueError, match="changed or moved"):
                ring.unseal(changed, "here")

    def test_purposes_have_keys_of_their_own(self) -> None:
        ring = Keyring([self.OLD])
        assert ring.derive("link") != ring.derive("seal")
        assert self.OLD not in repr(ring)

    @pytest.mark.parametrize("secrets", [[], [""], ["short"], ["o" * 32, "x"]])
    def test_weak_keys_are_refused(self, secrets: list[str]) -> None:
        with pytest.raises(ValueError, match="at least 32"):
            Keyring(secrets)
