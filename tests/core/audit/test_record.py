"""What can be recorded, and how it comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core import audit
from core.audit.canonical import Facts, dumps, entry_hash, plain
from core.data.session import Database
from core.types.actor import Actor, system_actor
from core.types.errors import Forbidden
from core.types.ids import new_id
from core.types.message import _

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _JSON))
def test_plain_json_is_a_fixed_point(value: dict[str, Any]) -> None:
    once = plain(value)
    assert plain(once) == once
    dumps(once).encode()


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", object()])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        plain({"deep": [value]})


def test_values_of_the_field_become_text() -> None:
    moment = datetime(2026, 11, 22, 6, 0, 0, 5, UTC)
    some = UUID(int=5)
    assert plain(
        {"d": Decimal("8.50"), "t": moment, "on": date(2026, 9, 5), "id": some, "why": _("No %(x)s", x=1)}
    ) == {
        "d": "8.50",
        "t": "2026-11-22T06:00:00.000005Z",
        "on": "2026-09-05",
        "id": str(some),
        "why": {"msgid": "No %(x)s", "params": {"x": 1}},
    }


def test_the_hash_is_fixed_for_ever() -> None:
    facts = Facts(
        UUID(int=1),
        None,
        datetime(2026, 1, 1, tzinfo=UTC),
        "system",
        None,
        "x",
        "a.b",
        "t",
        "1",
        {"b": 1, "a": "ă"},
    )
    assert entry_hash(facts).hex() == "1ebcef48559425f953898045e2ced233de8aca49ae9a263c4f07ee595d5e572a"


def test_whatever_is_recorded_verifies(db: Database, school: UUID, system: Actor) -> None:
    hard: list[dict[str, Any]] = [
        {"nul": "a\0b", "lone": "\ud800", "emoji": "😀", "quote": "\"'\\"},
        {"big": 10**40, "minus": -0, "deep": [[[{"z": 1, "a": None, "Z": True}]]]},
        {"": "", "ế": "e\u0302\u0301", "\u2028": "\u2029"},
    ]
    with db.context(system, school) as ctx:
        for detail in hard:
            audit.record(ctx, "thing.changed", target=("thing", "một\0"), detail=detail)
        (report,) = audit.verify(ctx)
    assert (report.entries, report.ok) == (3, True)


def test_history_is_whole_before_and_after_linking(db: Database, school: UUID, other_school: UUID) -> None:
    account = new_id()
    actor = Actor(kind="account", name="Cô Lan", account_id=account)
    target = ("learner", new_id())
    with db.context(actor, school) as ctx:
        audit.record(ctx, "learner.created", target=target)
        audit.link(ctx)
    with db.context(actor, school) as ctx:
        audit.record(ctx, "learner.changed", target=target, detail={"field": "phone"})
        entries = audit.history(ctx, target)
    assert [(e.action, e.seq, e.actor_name, e.actor_id) for e in entries] == [
        ("learner.changed", None, "Cô Lan", account),
        ("learner.created", 1, "Cô Lan", account),
    ]
    with db.context(actor, other_school) as ctx:
        assert audit.history(ctx, target) == []
    with db.all_schools(actor) as ctx:
        assert len(audit.history(ctx, target)) == 2


def test_only_who_may_verifies(db: Database, school: UUID) -> None:
    with pytest.raises(Forbidden), db.context(Actor(kind="account", name="x"), school) as ctx:
        audit.verify(ctx)


def test_an_entry_cannot_be_put_on_another_school(db: Database, school: UUID, other_school: UUID) -> None:
    system = system_actor("test")
    with pytest.raises(ValueError, match="another school"), db.context(system, school) as ctx:
        audit.record(ctx, "x.y", target=("x", "1"), school_id=other_school)
    with db.context(system, school) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM core_audit_pending")).scalar_one() == 0


def test_the_trail_is_paged_newest_first(db: Database, school: UUID, other_school: UUID) -> None:
    reader = Actor(kind="account", name="x", permissions=frozenset({"core.audit.read"}))
    for place in (school, other_school):
        with db.context(reader, place) as ctx:
            for number in range(4):
                audit.record(ctx, "a.b", target=("thing", str(number)))
            audit.link(ctx)
    with db.context(reader, school) as ctx:
        audit.record(ctx, "a.b", target=("thing", "4"))
        first = audit.latest(ctx, limit=3)
        second = audit.latest(ctx, limit=3, before=first[-1].seq)
    assert [entry.target_id for entry in first + second] == ["4", "3", "2", "1", "0"]
    with pytest.raises(Forbidden), db.context(Actor(kind="account", name="x"), school) as ctx:
        audit.latest(ctx)
