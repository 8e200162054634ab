# ruff: noqa: S608  (ids of the test)
"""The tree of authorities, where schools stand, and who sees them from above."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core.access import grant, roles_of
from core.access.oversight import end_oversight, oversee, overseen
from core.data.context import Context
from core.data.session import Database
from core.identity.accounts import create_account
from core.school import organisations as org
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid, NotFound
from tests.conftest import SignIn


def _tree(ctx: Context) -> dict[str, UUID]:
    """The Ministry, two departments, three communes."""
    found = {"moet": org.add_organisation(ctx, code="BGDDT", name="Bộ Giáo dục và Đào tạo", kind="ministry")}
    for code, name, kind, above in (
        ("01", "Sở Giáo dục và Đào tạo Hà Nội", "department", "moet"),
        ("48", "Sở Giáo dục và Đào tạo Đà Nẵng", "department", "moet"),
        ("00070", "Phường Hoàn Kiếm", "commune", "01"),
        ("00166", "Phường Cầu Giấy", "commune", "01"),
        ("20194", "Phường Hải Châu", "commune", "48"),
    ):
        found[code] = org.add_organisation(ctx, code=code, name=name, kind=kind, parent_id=found[above])
    return found


def test_the_tree_has_three_kinds_each_below_its_own(db: Database, system: Actor) -> None:
    with db.all_schools(system) as ctx:
        found = _tree(ctx)
        for kind, above in (("commune", "moet"), ("department", "01"), ("ministry", "moet"), ("district", "01")):
            with pytest.raises(Invalid):
                org.add_organisation(ctx, code="x", name="x", kind=kind, parent_id=found[above])
        with pytest.raises(Conflict):
            org.add_organisation(ctx, code="48", name="x", kind="department", parent_id=found["moet"])
        assert [(node.code, node.depth) for node in org.tree(ctx)] == [
            ("BGDDT", 0), ("01", 1), ("00070", 2), ("00166", 2), ("48", 1), ("20194", 2)
        ]  # fmt: skip
        assert [above.code for above in org.line_of(ctx, found["00070"])] == ["BGDDT", "01", "00070"]


def test_a_district_is_a_former_name_and_nothing_more(db: Database, system: Actor) -> None:
    with db.all_schools(system) as ctx:
        found = _tree(ctx)
        org.remember(
            ctx, found["00070"], kind="district", name="Quận Hoàn Kiếm", until_on=date(2025, 6, 30), code="002"
        )
        org.rename_organisation(ctx, found["00070"], "Phường Hoàn Kiếm mới")
        names = [(name.kind, name.name) for name in org.former_names(ctx, found["00070"])]
    assert names == [("commune", "Phường Hoàn Kiếm"), ("district", "Quận Hoàn Kiếm")]


def test_a_school_moves_with_its_history(db: Database, school: UUID, system: Actor) -> None:
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    with db.all_schools(system, clock=lambda: now) as ctx:
        found = _tree(ctx)
        org.place_school(ctx, school, found["00070"], since_on=date(2025, 7, 1))
        with pytest.raises(Invalid):
            org.place_school(ctx, school, found["00166"], since_on=date(2025, 7, 1))
        with pytest.raises(Invalid):
            org.place_school(ctx, school, found["moet"])
        org.place_school(ctx, school, found["00166"], reason="QĐ 12/QĐ-UBND")
        assert [below.id for below in org.schools_below(ctx, [found["01"]])] == [school]
        assert org.schools_below(ctx, [found["48"]]) == org.schools_below(ctx, [found["00070"]]) == []
    with db.context(system, school) as ctx:
        assert [
            (past.organisation, past.since_on, past.until_on, past.reason) for past in org.placements(ctx, school)
        ] == [
            ("Phường Cầu Giấy", date(2026, 11, 22), None, "QĐ 12/QĐ-UBND"),
            ("Phường Hoàn Kiếm", date(2025, 7, 1), date(2026, 11, 21), ""),
        ]


def test_a_school_cannot_place_itself_nor_change_the_tree(db: Database, school: UUID, system: Actor) -> None:
    with db.all_schools(system) as ctx:
        found = _tree(ctx)
    head = Actor("account", "Cô Lan", roles=frozenset({"head"}), permissions=frozenset({"core.school.manage"}))
    with db.context(head, school) as ctx, pytest.raises(Forbidden):
        org.place_school(ctx, school, found["01"])
    for statement in (
        "UPDATE core_organisation SET name = 'x'",
        "INSERT INTO core_oversight SELECT",
        "INSERT INTO core_placement (id, school_id, organisation_id, since_on, reason)"
        f" VALUES (uuidv7(), '{school}', '{found['01']}', '2026-01-01', '')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.context(system, school) as ctx:
            ctx.session.execute(text(statement))


def test_an_overseer_sees_the_schools_below_and_nothing_else(
    db: Database, school: UUID, other_school: UUID, system: Actor, sign_in: SignIn
) -> None:
    client = sign_in(None, name="Chị Hà")
    account = client.account_id  # type: ignore[attr-defined]
    assert client.get("/oversight").status_code in (403, 404)
    with db.all_schools(system) as ctx:
        found = _tree(ctx)
        org.place_school(ctx, school, found["00070"])
        org.place_school(ctx, other_school, found["20194"])
        oversee(ctx, account, found["01"])
        assert [one.name for one in overseen(ctx, account)] == ["Sở Giáo dục và Đào tạo Hà Nội"]
    page = client.get("/oversight").get_data(as_text=True)
    assert "Trường THCS Hoa Phượng" in page
    assert "Trường Tiểu học Cánh Diều" not in page
    assert "Khoản thu" in page or "Học phí" in page or "Học sinh" in page, "modules by their names"
    for closed in ("/organisations", "/school/", "/learners/", "/accounts", "/audit", "/finance/rounds"):
        assert client.get(closed).status_code in (403, 404), closed
    assert client.get("/").status_code == 200
    with db.all_schools(system) as ctx:
        end_oversight(ctx, account, found["01"])
        with pytest.raises(NotFound):
            end_oversight(ctx, account, found["01"])
    assert client.get("/oversight").status_code in (403, 404)


def test_the_head_of_a_school_cannot_take_over_the_account_of_an_overseer(
    db: Database, school: UUID, system: Actor
) -> None:
    """Whoever can reset a password becomes that account."""
    from core.access import require_may_manage

    with db.context(system, school) as ctx:
        account = create_account(ctx, "chiha", "Chị Hà")
        grant(ctx, account, "parent")
        with pytest.raises(Invalid):
            grant(ctx, account, "overseer")
    head = Actor("account", "Cô Lan", roles=frozenset({"head"}), permissions=frozenset({"core.accounts.manage"}))
    with db.context(head, school) as ctx:
        require_may_manage(ctx, account)
    with db.all_schools(system) as ctx:
        oversee(ctx, account, _tree(ctx)["01"])
        assert {held.role for held in roles_of(ctx, account)} == {"parent", "overseer"}
    with db.context(head, school) as ctx, pytest.raises(Forbidden):
        require_may_manage(ctx, account)
