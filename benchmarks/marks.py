"""Saving a pasted block of 45 pupils x 12 columns into a grid, with 1,000,000 marks stored.

The whole request is measured: session, rights, roll, windows, clashes, upsert, history, averages by the rules, audit,
answer. Floor: the bare upsert of the same 540 rows into a table of the same million with the same key, as its owner.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
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

from .common import Bench, Row
from .web import make_school, make_session

PUPILS, CLASS, NAME = 15_500, 45, "marks"
SLOTS = [f"tx{number}" for number in range(1, 10)] + ["gk", "ck", "nx"]
ROUNDS = 30
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
        floor = _median(_bare(owner, school, pupils))
        app = create_app(run.settings, db=db, registry=run.registry)
        save = _saver(app, db, school, course, pupils)
        ours = _median(save)
    db.close()
    note = f"{stored:,} marks stored; every one of the 540 cells changes"
    return [
        Row("saving a block of 45 x 12 marks in one request, ms", ours * 1000, "< 150", ours < 0.15, note),
        Row(
            "the same against the bare upsert", ours / floor, "≤ 15", ours / floor <= 15, f"floor {floor * 1000:.1f} ms"
        ),
    ]


def _median(work: Callable[[int], None]) -> float:
    found = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        work(number)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


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
            "slots": [slot for _learner, slot in cells], "tenths": [50 + number] * len(cells),
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

    def call(body: dict[str, Any]) -> Any:
        sent = msgspec.json.encode(body)
        status: list[str] = []
        asked = {**environ, "wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": str(len(sent))}
        answer: Any = app.wsgi_app(asked, lambda line, *_rest: status.append(line))
        told = msgspec.json.decode(b"".join(answer))
        answer.close()
        return told

    def work(number: int) -> None:
        cells = []
        for learner in map(str, pupils):
            for slot in SLOTS:
                value = f"Tiến bộ {number}" if slot == "nx" else f"{(50 + number) // 10}.{(50 + number) % 10}"
                cells.append({"learner": learner, "slot": slot, "value": value, "seen": seen.get((learner, slot), "")})
        told = call({"cells": cells})
        seen.update({(cell["learner"], cell["slot"]): cell["value"] for cell in cells})
        for clash in told["conflicts"]:  # the first time: what the demo has entered
            seen[clash["learner"], clash["slot"]] = clash["theirs"]
        if number and len(told["saved"]) != len(cells):
            raise RuntimeError(f"{len(told['saved'])} of {len(cells)} cells were saved")

    work(0)
    return lambda number: work(number + 1)
