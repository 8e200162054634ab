"""A department sees collection by item against the ceilings: no names, no small numbers, no other school."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from core.access.oversight import oversee
from core.data.session import Database
from core.school import organisations
from core.sdk import Actor
from plugins.finance.services import publish
from plugins.finance.services.items import set_ceiling
from plugins.finance.services.standing import oversight
from tests.conftest import SignIn

from .conftest import World, add_pupils

MONTH = {"month": "2026-09-01"}


def test_prices_against_ceilings_without_small_numbers(world: World, db: Database, system: Actor, school: UUID) -> None:
    with db.context(system, world.school) as ctx:
        set_ceiling(ctx, world.items["tien_an"].id, maximum=35_000, valid_from=date(2026, 8, 1), legal_basis="NQ 20")
        publish.publish(ctx, world.round_id)
    with db.all_schools(system) as ctx:
        few = {row[1]: row for row in oversight.by_item(ctx, [world.school], MONTH)}
        assert set(few) == {"Tiền ăn", "Bảo hiểm y tế", "Học 2 buổi/ngày"}
        meals = few["Tiền ăn"]
        assert meals[2:4] == (35_000, 35_000)
        assert meals[6:] == (None, None, None), "six pupils: their sums would tell of each"
        assert not list(oversight.by_item(ctx, [school], MONTH)), "another school was asked for"
        assert oversight.months(ctx)[0] == ("2026-09-01", "09/2026")


def test_many_pupils_have_sums_and_a_price_above_the_ceiling_comes_first(
    world: World, db: Database, system: Actor
) -> None:
    with db.context(system, world.school) as ctx:
        add_pupils(ctx, [(f"29{n:03d}", f"Trần Văn Bình {n}", world.classes["2A"]) for n in range(10)])
        publish.publish(ctx, world.round_id)
        # A ceiling that comes later, for a month that is out already: nobody publishes above a known one.
        set_ceiling(ctx, world.items["hai_buoi"].id, maximum=120_000, valid_from=date(2026, 9, 1), legal_basis="NQ 20")
    with db.all_schools(system) as ctx:
        rows = list(oversight.by_item(ctx, [world.school], {}))
        assert rows[0][1:4] == ("Học 2 buổi/ngày", 150_000, 120_000)
        assert rows[0][4] != rows[1][4]
        assert rows[0][5:] == ("16", 16 * 150_000, 0, "0 %")


def test_an_overseer_opens_the_table_of_the_own_schools_only(
    world: World, school: UUID, db: Database, system: Actor, sign_in: SignIn
) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
    client = sign_in(None, name="Bà Hà")
    assert client.get("/oversight/finance.by_item").status_code in (403, 404)
    with db.all_schools(system) as ctx:
        ministry = organisations.add_organisation(ctx, code="B", name="Bộ", kind="ministry")
        near, far = (
            organisations.add_organisation(ctx, code=code, name=code, kind="department", parent_id=ministry)
            for code in ("01", "48")
        )
        organisations.place_school(ctx, world.school, near)
        organisations.place_school(ctx, school, far)
        oversee(ctx, client.account_id, near)  # type: ignore[attr-defined]
    assert "Thu theo khoản so với mức trần" in client.get("/oversight").text
    page = client.get("/oversight/finance.by_item").text
    assert "Tiền ăn" in page and "Dưới 10" in page
    assert "Lê Lan Lam" not in page
    assert client.get("/oversight/finance.by_item?month=x").status_code == 200
    assert client.get("/oversight/finance.other").status_code == 404
    for own in ("/finance/overview", "/finance/debts"):
        assert client.get(own).status_code in (403, 404), "no page of a school opens"
    far_one = sign_in(None, name="Ông Nam")
    with db.all_schools(system) as ctx:
        oversee(ctx, far_one.account_id, far)  # type: ignore[attr-defined]
    assert "Tiền ăn" not in far_one.get("/oversight/finance.by_item").text
