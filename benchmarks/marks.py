"""Saving a pasted block of 45 pupils x 12 columns into a grid, with 1,000,000 marks stored.

The whole request is measured: session, rights, roll, windows, clashes, upsert, history, averages by the rules, audit,
answer. Floor: the bare upsert of the same 540 rows into a table of the same million with the same key, as its owner.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from werkzeug.test import EnvironBuilder

from core.data.embedded import database_url
from core.data.session import Database
from core.sdk import Context
from core.sdk.web.runtime import Runtime
from core.types.actor import system_actor
from core.web.app import create_app
from plugins.assessment.demo import fill
from plugins.curriculum.services import courses, plan
from plugins.learners import public as learners

from .common import Bench, Row, costs, seconds
from .web import make_school, make_session

PUPILS, CLASS, NAME = 23_000, 45, "marks"
SLOTS = [f"tx{number}" for number in range(1, 10)] + ["gk", "ck", "nx"]
ROUNDS = 30
_SERVERS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
_UPSERT = text(
    "INSERT INTO floor_mark SELECT :school, :book, learner_id, slot, 1, tenths, NULL"
    " FROM unnest(CAST(:learners AS uuid[]), CAST(:slots AS text[]), CAST(:tenths AS int2[]))"
    " AS s(learner_id, slot, tenths) ON CONFLICT (school_id, gradebook_id, learner_id, slot)"
    " DO UPDATE SET tenths = EXCLUDED.tenths"
)


def rows(run: Bench) -> list[Row]:
    """Milliseconds of the request, and its ratio to the floor."""
    db = Database(run.database(NAME))
    school = make_school(run, db, max(CLASS * 2, int(PUPILS * run.scale)))
    with db.context(system_actor("bench"), school) as ctx:
        plan.take_over(ctx)
        fill(ctx, {})
        course, pupils = _class_of_45(ctx)
    owner = create_engine(database_url(run.server, NAME, "postgres"), isolation_level="AUTOCOMMIT").connect()
    with owner:
        owner.exec_driver_sql("CREATE TABLE floor_mark (LIKE assessment_mark INCLUDING INDEXES)")
        owner.exec_driver_sql("INSERT INTO floor_mark SELECT * FROM assessment_mark")
        owner.exec_driver_sql("VACUUM ANALYZE")
        stored = int(owner.exec_driver_sql("SELECT count(*) FROM assessment_mark").scalar_one())
        bare = _bare(owner, school, pupils)
        app = create_app(run.settings, db=db, registry=run.registry)
        save = _saver(app, db, school, course, pupils)
        numbers = count()
        waited = statistics.median(seconds(lambda: save(next(numbers))) for _ in range(ROUNDS))
        bare_waited = statistics.median(seconds(lambda: bare(next(numbers))) for _ in range(ROUNDS))
        servers = [row.pid for row in owner.execute(_SERVERS)]
        subjects = (lambda: bare(next(numbers)), lambda: save(next(numbers)))
        floor, ours = costs(subjects, servers, rounds=7, calls=5)
    db.close()
    note = f"{stored:,} marks stored; every one of the 540 cells changes; by the clock {waited * 1000:.0f} ms"
    name = "saving a block of 45 x 12 marks in one request, ms of the processor"
    against = f"floor {floor * 1000:.1f} ms"
    clock = f"{waited * 1000:.0f} ms against {bare_waited * 1000:.0f} ms in the same run; other work weighs on both"
    return [
        Row(name, ours * 1000, "< 150", ours < 0.15, note),
        Row("the same against the bare upsert", ours / floor, "≤ 15", ours / floor <= 15, against),
        Row("the same by the clock", waited / bare_waited, "≤ 15", waited / bare_waited <= 15, clock),
    ]


def _class_of_45(ctx: Context) -> tuple[UUID, list[UUID]]:
    """The maths of a class that gets so many pupils from the next one."""
    first, second = (row.class_id for row in ctx.session.execute(learners.classes(ctx).limit(2)))
    short = CLASS - len(learners.class_list(ctx, first))
    moved = [member.id for member in learners.class_list(ctx, second)[:short]]
    ctx.session.execute(
        text("UPDATE learners_enrolment SET class_id = :first WHERE class_id = :second AND learner_id = ANY(:moved)"),
        {"first": first, "second": second, "moved": moved},
    )
    course = next(line.id for line in courses.courses(ctx, class_id=first) if line.code == "toan")
    return course, [member.id for member in learners.class_list(ctx, first)]


def _bare(owner: Connection, school: UUID, pupils: list[UUID]) -> Callable[[int], None]:
    def work(number: int) -> None:
        cells = [(learner, slot) for learner in pupils for slot in SLOTS]
        values = {
            "school": school, "book": school, "learners": [learner for learner, _slot in cells],
            "slots": [slot for _learner, slot in cells], "tenths": [number % 100] * len(cells),
        }  # fmt: skip
        owner.execute(_UPSERT, values)

    return work


def _saver(app: Flask, db: Database, school: UUID, course: UUID, pupils: list[UUID]) -> Callable[[int], None]:
    token = make_session(db, school, "head")
    runtime: Runtime = app.extensions["truong"]
    builder = EnvironBuilder(
        path=f"/assessment/courses/{course}/1/cells",
        method="POST",
        headers=[("Cookie", f"truong_session={token}"), ("X-CSRF-Token", runtime.csrf_token(token))],
        content_type="application/json",
    )
    environ = builder.get_environ()
    seen: dict[tuple[str, str], str] = {}

    def start(_line: str, _headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        return bytes

    def call(body: dict[str, Any]) -> Any:
        sent = msgspec.json.encode(body)
        asked = {**environ, "wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": str(len(sent))}
        answer: Any = app.wsgi_app(asked, start)
        told = msgspec.json.decode(b"".join(answer))
        answer.close()
        return told

    def work(number: int) -> None:
        cells = []
        for learner in map(str, pupils):
            for slot in SLOTS:
                value = f"Tiến bộ {number}" if slot == "nx" else f"{number % 100 // 10}.{number % 10}"
                cells.append({"learner": learner, "slot": slot, "value": value, "seen": seen.get((learner, slot), "")})
        told = call({"cells": cells})
        seen.update({(cell["learner"], cell["slot"]): cell["value"] for cell in cells})
        for clash in told["conflicts"]:  # the first time: what the demo has entered
            seen[clash["learner"], clash["slot"]] = clash["theirs"]
        if number and len(told["saved"]) != len(cells):
            raise RuntimeError(f"{len(told['saved'])} of {len(cells)} cells were saved")

    work(0)
    return lambda number: work(number + 1)
