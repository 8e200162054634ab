"""The record beside the list: further fields, identifiers, rights of the family, siblings, policy groups, history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from core.sdk.people import guardians_of
from plugins.learners import public
from plugins.learners.services import guardians, policies, profiles
from plugins.learners.services.classes import create_class
from plugins.learners.services.guardians import Rights
from plugins.learners.services.history import changes_of
from plugins.learners.services.learners import create_learner, get_learner, update_learner

PUPIL = {
    "hovaten": "Trần Gia An", "ngaysinh": "2014-05-02", "gioitinh": 1, "lop": "7A1", "sodinhdanh": "001214000001",
    "mahocsinh": "2301000001", "cha": {"hovaten": "Trần Văn Ba", "namsinh": 1980, "sdt": ["+84900000001"]},
    "me": {"hovaten": "Lê Thị Hoa", "namsinh": 1984, "sdt": ["+84900000002"]},
}  # fmt: skip


def _pupil(ctx: Context, **other: object) -> UUID:
    return create_learner(ctx, {**PUPIL, **other})


@pytest.fixture
def pupil(db: Database, school: UUID, system: Actor) -> UUID:
    with db.context(system, school) as ctx:
        create_class(ctx, "7A1")
        return _pupil(ctx)


def test_further_fields_keep_not_known_apart_from_no(db: Database, school: UUID, system: Actor, pupil: UUID) -> None:
    with db.context(system, school) as ctx:
        assert set(profiles.profile_of(ctx, pupil).values()) == {None}
        given = {"area": "3", "swims": "0", "two_sessions": "1", "other_name": " Bé  Na ", "youth_union": ""}
        assert profiles.update_profile(ctx, pupil, given) == ["area", "other_name", "swims", "two_sessions"]
        held = profiles.profile_of(ctx, pupil)
        assert (held["area"], held["swims"], held["two_sessions"], held["youth_union"]) == (3, False, True, None)
        assert profiles.update_profile(ctx, pupil, {"swims": False}) == []
        with pytest.raises(Invalid) as caught:
            profiles.update_profile(ctx, pupil, {"area": "9", "swims": "perhaps"})
        assert set(caught.value.fields) == {"area", "swims"}


def test_a_verification_goes_stale_when_the_record_changes(
    db: Database, school: UUID, system: Actor, pupil: UUID
) -> None:
    with db.context(system, school) as ctx:
        with pytest.raises(Invalid):
            profiles.verify(ctx, pupil, "verified", " ")
        profiles.verify(ctx, pupil, "verified", "Giấy khai sinh bản chính")
        assert profiles.verification_of(ctx, pupil).state == "verified"
        assert not profiles.verification_of(ctx, pupil).stale
        update_learner(ctx, pupil, {"ngaysinh": "2014-05-03"})
        assert profiles.verification_of(ctx, pupil).stale


def test_former_numbers_stay_and_odd_ids_warn(db: Database, school: UUID, system: Actor, pupil: UUID) -> None:
    with db.context(system, school) as ctx:
        assert profiles.id_warnings(ctx, pupil) == []
        update_learner(ctx, pupil, {"mahocsinh": "2301000009", "sodinhdanh": "001313000001"})
        held = [(one.scheme, one.value, one.valid_to is None) for one in profiles.identifiers_of(ctx, pupil)]
        assert held == [("personal", "001214000001", False), ("sector", "2301000001", False)]
        assert len(profiles.id_warnings(ctx, pupil)) == 2, "year and sex differ: warnings, no errors"
        number = profiles.add_identifier(ctx, pupil, "school", "SĐB 17/2025", valid_from=date(2025, 9, 5))
        assert profiles.identifiers_of(ctx, pupil)[0].value == "SĐB17/2025"
        with pytest.raises(Invalid) as caught:
            profiles.add_identifier(ctx, pupil, "x", "", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))
        assert set(caught.value.fields) == {"scheme", "value", "valid_to"}
        profiles.remove_identifier(ctx, pupil, number)
        with pytest.raises(NotFound):
            profiles.remove_identifier(ctx, pupil, number)


def test_who_may_be_told_who_may_collect_who_has_no_access(
    db: Database, school: UUID, system: Actor, pupil: UUID
) -> None:
    with db.context(system, school) as ctx:
        father, mother = (
            next(g.id for g in guardians_of(ctx, pupil) if g.kind == kind) for kind in ("father", "mother")
        )
        assert {one.id for one in public.contacts(ctx, pupil)} == {father, mother}
        guardians.set_rights(ctx, pupil, mother, Rights(True, True, True, has_custody=True, position=1))
        warned = guardians.set_rights(
            ctx, pupil, father, Rights(False, False, False, False, 2, "Quyết định 12/2026", personal_id="001090000001")
        )
        assert len(warned) == 1, "the ID says 1990, the record 1980"
        assert [one.id for one in public.contacts(ctx, pupil)] == [mother]
        assert [one.id for one in public.collectors(ctx, pupil)] == [mother]
        assert {g.id: g.may_access for g in guardians_of(ctx, pupil)} == {father: False, mother: True}
        for rights, field in (
            (Rights(False, True, False), "may_be_told"),
            (Rights(True, True, True, position=12), "position"),
            (Rights(True, True, True, personal_id="12"), "personal_id"),
        ):
            with pytest.raises(Invalid) as caught:
                guardians.set_rights(ctx, pupil, father, rights)
            assert set(caught.value.fields) == {field}
        # The rights outlive a correction of the record.
        update_learner(ctx, pupil, {"ghichu": "Ăn chay"})
        assert [one.id for one in public.contacts(ctx, pupil)] == [mother]


def test_siblings_follow_from_shared_parents_and_are_confirmed(
    db: Database, school: UUID, system: Actor, pupil: UUID
) -> None:
    with db.context(system, school) as ctx:
        brother = _pupil(ctx, hovaten="Trần Gia Bảo", sodinhdanh=None, mahocsinh=None, me=None)
        _pupil(ctx, hovaten="Vũ Minh Châu", sodinhdanh=None, mahocsinh=None, cha=None, me=None)
        found = guardians.siblings_of(ctx, pupil)
        assert [(one.id, one.parents, one.class_name, one.confirmed) for one in found] == [
            (brother, "Trần Văn Ba", "7A1", None)
        ]
        guardians.say_sibling(ctx, brother, pupil, confirmed=True)
        assert guardians.siblings_of(ctx, brother)[0].confirmed is True
        guardians.say_sibling(ctx, pupil, brother, confirmed=False)
        assert guardians.siblings_of(ctx, pupil)[0].confirmed is False


def test_policy_groups_with_proof_outlive_lists(db: Database, school: UUID, system: Actor, pupil: UUID) -> None:
    with db.context(system, school) as ctx:
        bare = policies.add_policy(ctx, pupil, "Mồ côi", date(2026, 8, 1), None)
        with pytest.raises(Invalid):
            policies.verify_policy(ctx, pupil, bare)
        poor = policies.add_policy(
            ctx, pupil, "Hộ nghèo", date(2026, 1, 1), date(2099, 12, 31), document="Giấy chứng nhận 17/2026"
        )
        with pytest.raises(Conflict):
            policies.add_policy(ctx, pupil, "Hộ nghèo", date(2026, 6, 1), None)
        policies.verify_policy(ctx, pupil, poor)
        update_learner(ctx, pupil, {"doituongchinhsach": "Con thương binh"})
        update_learner(ctx, pupil, {"doituongchinhsach": None})
        lines = policies.policies_of(ctx, pupil)
        held = {line.name: (line.holds, line.verified_by is not None) for line in lines if line.by_hand}
        assert held == {"Mồ côi": (True, False), "Hộ nghèo": (True, True)}
        policies.end_policy(ctx, pupil, bare, date(2026, 8, 2))
        assert not next(line for line in policies.policies_of(ctx, pupil) if line.id == bare).holds


def test_history_shows_values_to_those_who_may_and_never_sensitive_ones(
    db: Database, school: UUID, system: Actor, pupil: UUID
) -> None:
    with db.context(system, school) as ctx:
        update_learner(ctx, pupil, {"noisinh_tinh": "01", "khuyettat": "Khiếm thị"})
        fields = {one.name: one for line in changes_of(ctx, pupil) for one in line.fields}
        assert (fields["noisinh_tinh"].before, fields["noisinh_tinh"].after) == (None, "01")
        assert fields["khuyettat"].hidden and fields["khuyettat"].after is None
    reader = Actor("account", "Cô giáo", permissions=frozenset({"learners.learner.read"}))
    with db.context(reader, school) as ctx:
        assert all(one.hidden for line in changes_of(ctx, pupil) for one in line.fields)


def test_rights_and_walls_of_the_record(
    db: Database, school: UUID, other_school: UUID, system: Actor, pupil: UUID
) -> None:
    with db.context(system, school) as ctx:
        mother = next(g.id for g in guardians_of(ctx, pupil) if g.kind == "mother")

    def acts(ctx: Context) -> tuple[Callable[[], object], ...]:
        return (
            lambda: profiles.update_profile(ctx, pupil, {"swims": "1"}),
            lambda: profiles.verify(ctx, pupil, "verified", "x"),
            lambda: profiles.add_identifier(ctx, pupil, "school", "1"),
            lambda: guardians.set_rights(ctx, pupil, mother, Rights(True, True, True)),
            lambda: guardians.say_sibling(ctx, pupil, mother, confirmed=True),
            lambda: policies.add_policy(ctx, pupil, "Hộ nghèo", date(2026, 1, 1), None),
        )

    parent = Actor("account", "Mẹ", person_id=mother, permissions=frozenset({"learners.learner.read.own"}))
    with db.context(parent, school) as ctx:
        assert get_learner(ctx, pupil).id == pupil and profiles.profile_of(ctx, pupil)["swims"] is None
        for act in acts(ctx):
            with pytest.raises(Forbidden):
                act()
        with pytest.raises(Forbidden):
            guardians.siblings_of(ctx, pupil)
    with db.context(system, other_school) as ctx:
        for act in acts(ctx):
            with pytest.raises(NotFound):
                act()
        assert guardians.guardians(ctx, pupil) == []
        assert policies.policies_of(ctx, pupil) == []
        assert changes_of(ctx, pupil) == []
