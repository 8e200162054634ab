"""Health insurance of a round: who is covered, from which day by grade, twice, and the list for the agency."""

from __future__ import annotations

from datetime import date

import pytest

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.errors import Invalid, NotFound
from plugins.finance.services import insurance, problems, publish, rounds
from plugins.finance.services.prices import PriceInput, set_prices
from tests.conftest import SignIn

from .conftest import World

CAM, LAM, AN = "Nguyễn Anh Cường", "Lê Lan Lam", "Đỗ Thị An"


def test_months_and_days_by_grade(ctx: Context, world: World) -> None:
    """Grade 1 pays three months (157,950) from October, the others twelve (631,800) from January."""
    item = world.items["bhyt"].id
    assert [(s.grade, s.starts_on, s.usual) for s in insurance.starts(ctx, world.round_id)] == [
        (None, date(2026, 11, 1), True)
    ]
    insurance.set_start(ctx, world.round_id, item, date(2027, 1, 1))
    insurance.set_start(ctx, world.round_id, item, date(2026, 10, 1), grade=1)
    publish.publish(ctx, world.round_id)
    found = {c.full_name: c for c in insurance.covers(ctx, world.round_id)}
    assert (found[LAM].months, found[LAM].starts_on, found[LAM].ends_on) == (3, date(2026, 10, 1), date(2026, 12, 31))
    assert (found[AN].months, found[AN].starts_on, found[AN].ends_on) == (12, date(2027, 1, 1), date(2027, 12, 31))
    assert not any(c.paid or c.twice for c in found.values())
    with pytest.raises(Invalid):
        insurance.set_start(ctx, world.round_id, item, date(2026, 10, 2))
    with pytest.raises(NotFound):
        insurance.set_start(ctx, world.round_id, world.items["tien_an"].id, date(2026, 10, 1))


def test_a_second_round_for_the_same_months_is_seen(ctx: Context, world: World) -> None:
    publish.publish(ctx, world.round_id)
    item = world.items["bhyt"].id
    again = rounds.open_round(
        ctx, title="BHYT bổ sung", period=date(2026, 10, 1), due_on=date(2026, 10, 25), item_ids=[item]
    )
    set_prices(ctx, again.id, [PriceInput(item, 157_950), PriceInput(item, 160_000, grade=1)])
    odd = [p.code for p in problems.to_look_at(ctx, rounds.round_(ctx, again.id)) if "insurance" in p.code]
    assert odd == ["insurance_amount"], "160,000 is the contribution for no number of months"
    publish.publish(ctx, again.id)
    found = list(insurance.covers(ctx, again.id))
    assert {c.months for c in found if c.class_name == "1A"} == {None}
    assert all(c.twice for c in found if c.class_name == "2A")
    assert {insurance.as_message(c).msgid for c in found} == {"Look at the amount", "Covered twice"}


def test_page_and_list(db: Database, world: World, system: Actor, sign_in: SignIn) -> None:
    with db.context(system, world.school) as ctx:
        publish.publish(ctx, world.round_id)
    client = sign_in(world.school, "accountant")
    path = f"/finance/rounds/{world.round_id}/insurance"
    form = {"csrf_token": client.csrf, "item": world.items["bhyt"].id, "grade": "1"}  # type: ignore[attr-defined]
    assert client.post(path, data={**form, "starts_on": "2026-10-01"}).status_code == 303
    assert client.post(path, data={**form, "starts_on": "2026-10-05"}).status_code == 422
    shown = client.get(path).text
    assert LAM in shown and "31/12/2026" in shown
    listed = client.get(f"/reports/finance.insurance?round={world.round_id}&format=csv")
    assert listed.status_code == 200 and LAM in listed.text and "157950" in listed.text
