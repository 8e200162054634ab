"""Each scope is written twice, as a query and in SQL for long lists: both reach the same pupils."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from core.data.session import Database
from core.sdk import Actor
from core.sdk.access import reached, reached_in
from core.sdk.data import local_date, query
from core.sdk.people import create_person, relate
from core.sdk.school import current_year
from plugins.curriculum.services import courses, plan, teachers
from plugins.learners.services.classes import create_class
from plugins.learners.services.learners import create_learner, list_learners

READ = "learners.learner.read"


@pytest.mark.parametrize("suffix", ["own", "curriculum_taught", "curriculum_homeroom"])
def test_query_and_sql_reach_the_same(db: Database, system: Actor, school: UUID, app: Flask, suffix: str) -> None:
    with db.context(system, school) as ctx:
        classes = [create_class(ctx, name) for name in ("6A1", "6A2", "6A3")]
        pupils = [create_learner(ctx, {"hovaten": f"Lê {name}", "lop": f"6A{n}"}) for n, name in enumerate("ABC", 1)]
        plan.take_over(ctx)
        me = teachers.add_teacher(ctx, "Nguyễn Văn An")
        year, today = current_year(ctx), local_date(ctx.now())
        taught, left = (next(c for c in courses.courses(ctx, class_id=k) if c.code == "toan") for k in classes[:2])
        courses.assign(ctx, taught.id, me, starts_on=year.starts_on)
        courses.assign(ctx, left.id, me, starts_on=year.starts_on)
        courses.assign(ctx, left.id, teachers.add_teacher(ctx, "Trần Bình"), starts_on=today)
        courses.set_homeroom(ctx, classes[2], me)
        child = create_person(ctx, "Nguyễn Con")
        relate(ctx, me, pupils[1], "father")
    holder = Actor("account", "An", person_id=me, permissions=frozenset({f"{READ}.{suffix}"}))
    with db.context(holder, school) as ctx:
        condition, values = reached_in(ctx, READ, "p.id")
        found = {id for (id,) in query(ctx, f"SELECT p.id FROM core_person p WHERE {condition}", values)}  # noqa: S608
        own = {me} if suffix == "own" else set()
        assert found == (reached(ctx, READ) or frozenset()) | own
        wanted = {"own": {pupils[1]}, "curriculum_taught": {pupils[0], pupils[2]}, "curriculum_homeroom": {pupils[2]}}
        assert found - own == wanted[suffix]
        assert {line.id for line in list_learners(ctx)} == wanted[suffix]
        assert child not in found
