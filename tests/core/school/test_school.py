"""Schools, their years, and their modules."""

from __future__ import annotations

import threading
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.kernel.registry import Registry
from core.kernel.states import Loaded
from core.school import services as schools
from core.types.actor import Actor
from core.types.contributions import Manifest
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from core.types.message import _


def _plugin(name: str, *requires: str, restricted: bool = False, scope: str = "school") -> Loaded:
    manifest = Manifest(
        name, "1", _("x"), ">=0", requires=requires, restricted=restricted, scope=scope  # type: ignore[arg-type]
    )  # fmt: skip
    return Loaded(name, name, builtin=True, manifest=manifest, plugin=object())


REGISTRY = Registry(
    (
        _plugin("learners"),
        _plugin("finance", "learners", "gateway"),
        _plugin("canteen", "finance"),
        _plugin("library"),
        _plugin("spy", "learners", restricted=True),
        _plugin("gateway", scope="instance"),
    )
)
HEAD = Actor("account", "Thầy Hiệu", permissions=frozenset({"core.modules.switch", "core.school.manage"}))
OPERATOR = HEAD.with_permissions("core.modules.restricted")


@pytest.fixture
def empty(db: Database, school: UUID, system: Actor) -> UUID:
    """A school with every module off."""
    with db.context(system, school) as ctx:
        ctx.session.execute(text("DELETE FROM core_module_switch"))
    return school


def _on(db: Database, school: UUID) -> set[str]:
    with db.context(HEAD, school) as ctx:
        return set(schools.modules_on(ctx))


def test_switching_closes_over_both_ways(db: Database, empty: UUID, other_school: UUID) -> None:
    def switch(module: str, on: bool) -> set[str]:
        with db.context(HEAD, empty) as ctx:
            return set(schools.switch_module(ctx, REGISTRY, module, on=on))

    others = _on(db, other_school)
    assert switch("canteen", True) == {"canteen", "finance", "learners"}
    assert switch("canteen", True) == set()
    assert switch("library", True) == {"library"}
    assert _on(db, empty) == {"canteen", "finance", "learners", "library"}
    assert switch("learners", False) == {"canteen", "finance", "learners"}
    assert _on(db, empty) == {"library"}
    assert switch("learners", False) == set()
    assert _on(db, other_school) == others and "learners" in others, "what one school does is nothing to another"


@pytest.mark.parametrize("name", ["nothing", "gateway", "core", ""])
def test_what_is_no_module_cannot_be_switched(db: Database, school: UUID, name: str) -> None:
    with pytest.raises(NotFound), db.context(OPERATOR, school) as ctx:
        schools.switch_module(ctx, REGISTRY, name, on=True)


def test_restricted_modules_are_the_operators(db: Database, empty: UUID) -> None:
    with pytest.raises(Forbidden), db.context(HEAD, empty) as ctx:
        schools.switch_module(ctx, REGISTRY, "spy", on=True)
    with db.context(OPERATOR, empty) as ctx:
        schools.switch_module(ctx, REGISTRY, "spy", on=True)
    with pytest.raises(Forbidden), db.context(HEAD, empty) as ctx:  # not even as a consequence
        schools.switch_module(ctx, REGISTRY, "learners", on=False)
    with pytest.raises(Forbidden), db.context(Actor("account", "x"), empty) as ctx:
        schools.switch_module(ctx, REGISTRY, "library", on=True)


def test_a_rolled_back_switch_never_was(db: Database, empty: UUID) -> None:
    with pytest.raises(ZeroDivisionError), db.context(HEAD, empty) as ctx:
        schools.switch_module(ctx, REGISTRY, "library", on=True)
        assert schools.modules_on(ctx) == {"library"}
        raise ZeroDivisionError
    assert _on(db, empty) == set()


def test_people_who_switch_at_once_leave_nothing_half(db: Database, empty: UUID) -> None:
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def switch(module: str, on: bool) -> None:
        try:
            start.wait()
            for _number in range(6):
                with db.context(HEAD, empty) as ctx:
                    schools.switch_module(ctx, REGISTRY, module, on=on)
        except BaseException as error:
            failures.append(error)

    works = [("canteen", True), ("learners", False), ("library", True), ("finance", True)]
    threads = [threading.Thread(target=switch, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    on = _on(db, empty)
    assert "library" in on
    assert "canteen" not in on or "finance" in on
    assert "finance" not in on or "learners" in on
    with db.context(HEAD, empty) as ctx:
        rows = ctx.session.execute(text("SELECT module FROM core_module_switch")).scalars()
        assert set(rows) == on


def test_schools_are_added_once(db: Database, system: Actor) -> None:
    facts = {"name": "Trường  Mới", "level": "primary", "province": "01"}
    with db.all_schools(system) as ctx:
        made = schools.create_school(ctx, code="MOI", payment_prefix="MOI", **facts)
        wrong = [
            ("MOI", "MOJ", "primary"),
            ("MOJ", "MOI", "primary"),
            ("K", "mok", "primary"),
            ("L", "MOL", "x"),
        ]
        for code, prefix, level in wrong:
            with pytest.raises(Conflict):
                schools.create_school(ctx, code=code, payment_prefix=prefix, **(facts | {"level": level}))
    with db.context(HEAD, made) as ctx:
        schools.update_school(ctx, phone="024 3333 3333")
        assert (schools.school_of(ctx).name, schools.school_of(ctx).phone) == ("Trường Mới", "024 3333 3333")
        with pytest.raises(TypeError):
            schools.update_school(ctx, payment_prefix="XXX")
        with pytest.raises(NotFound, match="No school year"):
            schools.current_year(ctx)
    with pytest.raises(Forbidden), db.all_schools(HEAD) as ctx:
        schools.create_school(ctx, code="B", payment_prefix="BBB", **facts)


def test_one_year_is_current(db: Database, school: UUID, other_school: UUID) -> None:
    with db.context(HEAD, school) as ctx:
        old = schools.current_year(ctx)
        new = schools.open_year(ctx, "2027-2028", date(2027, 8, 1), date(2028, 7, 31))
        assert schools.current_year(ctx).id == new
        assert [year.name for year in schools.years(ctx)] == ["2027-2028", "2026-2027"]
        schools.set_current_year(ctx, old.id)
        assert schools.current_year(ctx).id == old.id
        with pytest.raises(Conflict):
            schools.open_year(ctx, "2027-2028", date(2027, 8, 1), date(2028, 7, 31))
        with pytest.raises(Invalid):
            schools.open_year(ctx, "2028-2029", date(2029, 8, 1), date(2028, 7, 31))
    with db.context(HEAD, other_school) as ctx:
        with pytest.raises(NotFound):
            schools.set_current_year(ctx, old.id)
        assert schools.current_year(ctx).name == "2026-2027"
