"""Double records: found, told apart, made one with everything that hangs on them, and taken apart exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.kernel.registry import Registry
from core.payments.models import Charge
from core.people.merging import naming_columns
from core.sdk import Actor, Context
from core.sdk.data import local_date, new_id
from core.sdk.errors import Conflict, Forbidden, NotFound
from core.sdk.people import guardians_of
from plugins.learners import public
from plugins.learners.services import doubles, guardians, merging, movements, policies, profiles
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner, get_learner, update_learner
from plugins.learners.services.movements import Papers

TABLES = (
    "core_person", "core_relation", "learners_learner", "learners_enrolment", "learners_movement",
    "learners_policy_group", "learners_identifier", "learners_profile", "learners_contact_right",
    "finance_exemption", "core_charge", "learners_change", "learners_guardian_detail",
)  # fmt: skip


def _state(ctx: Context) -> dict[str, list[object]]:
    """Every row of every table that a merge touches."""
    rows = {table: ctx.session.execute(text(f"SELECT to_jsonb(t) FROM {table} t")).scalars() for table in TABLES}  # noqa: S608
    return {table: sorted(found, key=str) for table, found in rows.items()}


@pytest.fixture
def twice(db: Database, school: UUID, system: Actor) -> tuple[UUID, UUID]:
    """One pupil entered twice, each record with something that the other lacks."""
    with db.context(system, school) as ctx:
        for name in ("7A1", "7A2"):
            create_class(ctx, name)
        first = create_learner(
            ctx,
            {"hovaten": "Trần Gia An", "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A1",
             "me": {"hovaten": "Lê Thị Hoa", "sdt": ["+84900000002"]}},
        )  # fmt: skip
        second = create_learner(
            ctx,
            {"hovaten": "TRẦN Gia An", "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A2",
             "mahocsinh": "2301000001", "sodinhdanh": "001214000001", "dantoc": "01",
             "cha": {"hovaten": "Trần Văn Ba", "sdt": ["+84900000001"]},
             "me": {"hovaten": "Lê T. Hoa", "sdt": ["+84900000009"]}},
        )  # fmt: skip
        create_learner(ctx, {"hovaten": "Trân Gia An", "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A1"})
        profiles.update_profile(ctx, second, {"swims": "1"})
        policies.add_policy(ctx, second, "Hộ nghèo", date(2026, 8, 1), None, document="17")
        profiles.add_identifier(ctx, second, "school", "SDB17")
        father = next(g.id for g in guardians_of(ctx, second) if g.kind == "father")
        guardians.set_rights(ctx, second, father, guardians.Rights(True, True, False, position=1))
        movements.change_class(ctx, second, public.class_of(ctx, _class(ctx, "7A1")).id, _today(ctx), Papers())
    return first, second


def _class(ctx: Context, name: str) -> UUID:
    return UUID(
        str(ctx.session.execute(text("SELECT id FROM learners_class WHERE name = :n"), {"n": name}).scalar_one())
    )


def _today(ctx: Context) -> date:
    return local_date(ctx.now())


def test_doubles_are_found_and_one_accent_apart_is_none(
    db: Database, school: UUID, system: Actor, twice: tuple[UUID, UUID]
) -> None:
    first, second = twice
    with db.context(system, school) as ctx:
        found = doubles.pairs(ctx)
        assert [(one.first, one.second, one.reason) for one in found] == [(first, second, "name_birth")], (
            "one accent apart is another name"
        )
        profiles.add_identifier(ctx, first, "sector", "2301000001")
        assert doubles.pairs(ctx, first)[0].reason == "number"
        doubles.say_distinct(ctx, second, first)
        assert doubles.pairs(ctx) == []


def test_a_merge_brings_everything_together_and_its_undo_restores_every_row(
    db: Database, school: UUID, system: Actor, registry: Registry, twice: tuple[UUID, UUID]
) -> None:
    first, second = twice
    references = registry.person_references()
    with db.context(system, school) as ctx:
        before = _state(ctx)
        shown = merging.preview(ctx, references, first, second)
        proposed = {one.name for one in shown.choices if one.second}
        assert {"mahocsinh", "sodinhdanh", "dantoc", "cha"} <= proposed and "me" not in proposed
        merge_id = merging.merge(ctx, references, first, second, {"lop": "second", "hovaten": "first"})
        value = get_learner(ctx, first).value
        assert (value["mahocsinh"], value["sodinhdanh"], value["hovaten"]) == (
            "2301000001",
            "001214000001",
            "Trần Gia An",
        )
        assert {g.full_name for g in guardians_of(ctx, first)} == {"Lê Thị Hoa", "Trần Văn Ba"}
        assert [one.full_name for one in public.collectors(ctx, first)] == ["Lê Thị Hoa"]
        assert profiles.profile_of(ctx, first)["swims"] is True
        assert [one.name for one in policies.policies_of(ctx, first)] == ["Hộ nghèo"]
        assert [one.class_name for one in public.enrolments_of(ctx, first)] == ["7A2", "7A1"]
        with pytest.raises(NotFound):
            get_learner(ctx, second)
        merging.unmerge(ctx, registry.person_references(), merge_id)
        after = _state(ctx)
        assert {table for table in TABLES if before[table] != after[table]} == set()
        with pytest.raises(Conflict):
            merging.unmerge(ctx, registry.person_references(), merge_id)


def test_a_changed_record_is_not_taken_apart(
    db: Database, school: UUID, system: Actor, registry: Registry, twice: tuple[UUID, UUID]
) -> None:
    with db.context(system, school) as ctx:
        merge_id = merging.merge(ctx, registry.person_references(), *twice, {})
        update_learner(ctx, twice[0], {"ghichu": "Ăn chay"})
        with pytest.raises(Conflict):
            merging.unmerge(ctx, registry.person_references(), merge_id)


def _charge(ctx: Context, person: UUID) -> None:
    ctx.session.add(
        Charge(
            id=new_id(), school_id=ctx.school_id, person_id=person, origin="test", origin_id=new_id(),
            reference=f"TRH{person.hex[-8:].upper()}", due=1000, due_on=date(2026, 11, 30), credits={"fees": 1000},
        )
    )  # fmt: skip
    ctx.session.flush()


def test_the_record_with_open_bills_is_the_one_that_stays_and_two_of_them_are_refused(
    db: Database, school: UUID, system: Actor, registry: Registry, twice: tuple[UUID, UUID]
) -> None:
    first, second = twice
    references = registry.person_references()
    with db.context(system, school) as ctx:
        _charge(ctx, second)
        merge_id = merging.merge(ctx, references, first, second, {})
        assert get_learner(ctx, second).value["mahocsinh"] == "2301000001"
        merging.unmerge(ctx, registry.person_references(), merge_id)
        _charge(ctx, first)
        assert merging.preview(ctx, references, first, second).hindered == ["core_charge"]
        with pytest.raises(Conflict):
            merging.merge(ctx, references, first, second, {})


def test_rows_of_a_table_that_nobody_declared_forbid_a_merge(
    db: Database, school: UUID, system: Actor, registry: Registry, twice: tuple[UUID, UUID]
) -> None:
    forgotten = [one for one in registry.person_references() if one.table != "learners_policy_group"]
    with db.context(system, school) as ctx:
        before = _state(ctx)
        policies.add_policy(ctx, twice[0], "Mồ côi", date(2026, 8, 1), None)
        with pytest.raises(Conflict, match="learners_policy_group"):
            merging.merge(ctx, forgotten, *twice, {})
        assert _state(ctx)["learners_learner"] == before["learners_learner"]


def test_every_table_of_core_and_money_that_names_persons_is_declared(
    db: Database, school: UUID, system: Actor, registry: Registry
) -> None:
    declared = {(one.table, one.column) for one in registry.person_references()}
    with db.context(system, school) as ctx:
        named = set(naming_columns(ctx))
    mine = {pair for pair in named if pair[0].startswith(("core_", "finance_", "learners_"))}
    assert mine - declared == set(), "provide_person_references"
    assert declared - named == set()


def test_rights_and_walls_of_merging(
    db: Database, school: UUID, other_school: UUID, system: Actor, registry: Registry, twice: tuple[UUID, UUID]
) -> None:
    references = registry.person_references()

    def acts(ctx: Context) -> tuple[Callable[[], object], ...]:
        return (
            lambda: merging.preview(ctx, references, *twice),
            lambda: merging.merge(ctx, references, *twice, {}),
            lambda: doubles.say_distinct(ctx, *twice),
        )

    clerk = Actor("account", "Cô giáo", permissions=frozenset({"learners.learner.read", "learners.learner.edit"}))
    with db.context(clerk, school) as ctx:
        for act in acts(ctx):
            with pytest.raises(Forbidden):
                act()
    with db.context(system, other_school) as ctx:
        for act in acts(ctx):
            with pytest.raises(NotFound):
                act()
        assert doubles.pairs(ctx) == []
