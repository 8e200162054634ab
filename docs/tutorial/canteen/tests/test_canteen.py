"""What the module promises, on the real program."""

from __future__ import annotations

import re
from uuid import UUID

from core.sdk import Actor
from core.sdk.ledger import charges
from core.sdk.testing.fixtures import Database, SignIn
from truong_canteen import demo
from truong_canteen.personal import erase, show

MEAL = {"day": "2026-11-23", "dish": "Cơm gà", "price": "30.000"}


def test_the_office_plans_a_meal_and_sees_it(sign_in: SignIn, school: UUID, other_school: UUID) -> None:
    office = sign_in(school, "office")
    assert office.post("/canteen/", data={**MEAL, "csrf_token": office.csrf}).status_code == 303
    assert "Cơm gà" in office.get("/canteen/").get_data(as_text=True)
    assert [row["price"] for row in office.get("/api/v1/canteen").json["items"]] == [30_000]
    assert sign_in(other_school, "office").get("/api/v1/canteen").json["items"] == []


def test_a_meal_needs_a_day_a_dish_and_a_price(sign_in: SignIn, school: UUID) -> None:
    office = sign_in(school, "office")
    for name in MEAL:
        assert office.post("/canteen/", data={**MEAL, name: "", "csrf_token": office.csrf}).status_code == 422


def test_a_class_eats_and_is_charged_once(
    sign_in: SignIn, db: Database, school: UUID, system: Actor, pupils: list[UUID]
) -> None:
    office, accountant = sign_in(school, "office"), sign_in(school, "accountant")
    with db.context(system, school) as ctx:
        demo.fill(ctx, {})
    link = re.search(r"/canteen/meals/[0-9a-f-]+", accountant.get("/canteen/").get_data(as_text=True))
    assert link is not None
    assert "Suất ăn" in office.get(link[0]).get_data(as_text=True)
    form = {"csrf_token": accountant.csrf}
    assert accountant.post(f"{link[0]}/charge", data=form).status_code == 303
    assert accountant.post(f"{link[0]}/charge", data=form).status_code == 409
    assert office.post(f"{link[0]}/charge", data={"csrf_token": office.csrf}).status_code == 403
    with db.context(system, school) as ctx:
        owed = [charge.owed for pupil in pupils for charge in charges.of_person(ctx, pupil)]
        assert owed == [30_000] * len(pupils)


def test_a_family_sees_and_erases_what_is_held(db: Database, school: UUID, system: Actor, pupils: list[UUID]) -> None:
    with db.context(system, school) as ctx:
        demo.fill(ctx, {})
        assert len(show(ctx, pupils[0])[0].facts) == 3
        assert erase(ctx, pupils[0], False).erased and show(ctx, pupils[0])
        assert erase(ctx, pupils[0], True).erased and not show(ctx, pupils[0])
