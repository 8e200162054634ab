"""Two records of one child made one: who looked at either of them is found under the one that is kept."""

from __future__ import annotations

from uuid import UUID

from core.data.session import Database
from core.disclosure import disclose, log, personal
from core.kernel.registry import Registry
from core.types.actor import Actor
from core.types.message import Message
from plugins.learners.services import merging
from plugins.learners.services.learners import create_learner

from .conftest import House, somebody


def _readers(db: Database, house: House, who: Actor, child: UUID) -> list[tuple[str, UUID]]:
    with db.context(who, house.school) as ctx:
        return [(look.reader_name, look.person_id) for look in log.looks_at(ctx, child)]


def test_the_family_finds_who_looked_under_the_record_that_is_kept(
    db: Database, house: House, registry: Registry, system: Actor
) -> None:
    mother, head = somebody(registry, "parent", person_id=house.mother), somebody(registry, "head")
    doubles = []
    with db.context(system, house.school) as ctx:
        for name in ("LÊ Văn An", "Lê  Văn An"):
            doubles.append(create_learner(ctx, {"hovaten": name, "ngaysinh": "2015-03-07", "khuyettat": "Khiếm thính"}))
    for number, record in enumerate((*doubles, house.child)):
        with db.context(somebody(registry, "office", name=f"Cô {number}"), house.school) as ctx:
            disclose(ctx, record, {"health"}, place=Message("A page"), purpose="check")
    # The second double into the first one, and that into the child's record: the trace leads to the last.
    with db.context(system, house.school) as ctx:
        merging.merge(ctx, registry.person_references(), doubles[0], doubles[1], {})
        last = merging.merge(ctx, registry.person_references(), house.child, doubles[0], {})
    everybody = [("Cô 2", house.child), ("Cô 1", house.child), ("Cô 0", house.child)]
    assert _readers(db, house, mother, house.child) == everybody
    with db.context(mother, house.school) as ctx:
        assert log.lately(ctx) == [(house.child, "Lê Văn An", 3)]
    with db.context(head, house.school) as ctx:
        assert {(look.reader_name, look.person_id) for look in log.latest(ctx)} == set(everybody)
    with db.context(system, house.school) as ctx:
        (held,) = personal.show(ctx, house.child)
        assert len(held.facts) == 3
        merging.unmerge(ctx, registry.person_references(), last)
    assert _readers(db, house, mother, house.child) == [("Cô 2", house.child)]
    assert _readers(db, house, head, doubles[0]) == [("Cô 1", doubles[0]), ("Cô 0", doubles[0])]
