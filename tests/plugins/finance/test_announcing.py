"""Families hear once that bills are out, and nobody hears of a round that was withdrawn."""

from __future__ import annotations

from sqlalchemy import text

from core.notify import inbox
from core.people.services import create_person, relate
from core.sdk import Actor, Context
from core.sdk.data import new_id
from plugins.finance.services.announcing import announce
from plugins.finance.services.publish import publish, withdraw

from .conftest import World


def test_a_mother_of_two_hears_once(ctx: Context, world: World) -> None:
    mother, away = create_person(ctx, "Trần Thị Mẹ"), create_person(ctx, "Người Xa")
    for child in list(world.pupils.values())[:2]:
        relate(ctx, mother, child, "mother")
    relate(ctx, away, next(iter(world.pupils.values())), "guardian", may_access=False)
    publish(ctx, world.round_id)
    assert announce(ctx, world.round_id) == 1
    assert announce(ctx, world.round_id) == 0, "the event came a second time"
    reader = Actor("account", "Mẹ", new_id(), mother)
    [entry] = inbox.entries(Context(ctx.session, reader, ctx.school, ctx.clock))
    assert "Thu tháng 9/2026" in str(entry.text)
    withdraw(ctx, world.round_id, reason="sai giá")
    ctx.session.execute(text("DELETE FROM core_message"))
    assert announce(ctx, world.round_id) == 0
