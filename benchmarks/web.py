"""Pages and API against bare Flask: what our middleware, permissions, tenancy and frame cost.

Floors, in the same run: a bare Flask answer; a Flask view with a SQLAlchemy Core select and msgspec; the same with a
plain Jinja table. Requests go straight into the WSGI callable, so that no client is measured.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask, Response, render_template_string
from sqlalchemy import create_engine, text
from werkzeug.test import EnvironBuilder

from core.access.models import Grant
from core.data.embedded import database_url
from core.data.session import Database
from core.identity.models import Account
from core.identity.sessions import open_session
from core.school import modules, services
from core.types.actor import system_actor
from core.types.clock import utc_now
from core.types.ids import new_id
from core.web.app import create_app

from .common import Bench, Row, rates

ACTOR = system_actor("benchmark")
SIZES = (1_000, 50_000)
_SELECT = text(
    "SELECT p.id, l.code, p.full_name, p.sex, p.birth_date, c.name AS class_name, c.grade "
    "FROM core_person p JOIN learners_learner l ON l.id = p.id "
    "LEFT JOIN LATERAL (SELECT c.name, c.grade FROM learners_enrolment e JOIN learners_class c ON c.id = e.class_id "
    "WHERE e.learner_id = l.id AND e.ends_on IS NULL LIMIT 1) c ON true "
    "WHERE p.school_id = :school ORDER BY p.sort_key, p.id LIMIT 50"
)
_TABLE = """<!doctype html><title>Pupils</title><table>{% for r in rows %}<tr><td>{{ r.code }}</td><td>{{ r.full_name }}</td>
<td>{{ r.class_name }}</td><td>{{ r.birth_date }}</td><td>{{ r.sex }}</td></tr>{% endfor %}</table>"""


def rows(run: Bench) -> list[Row]:
    """Middleware, lists at both sizes, and their growth: all lists take turns, so that noise hits them alike."""
    schools = [_school(run, max(200, int(size * run.scale))) for size in SIZES]
    found = rates([call for school in schools for call in school.callers], rounds=25, seconds=0.15)
    small, large = found[:4], found[4:]
    lists = []
    for size, (json, html, json_floor, html_floor) in zip(SIZES, (small, large), strict=True):
        lists += [
            _row(f"JSON list of 50 of {size:,} / Core + msgspec", json / json_floor, 0.7),
            _row(f"HTML list of 50 of {size:,} / Core + Jinja", html / html_floor, 0.6),
        ]
    growth = [("json", 0), ("html", 1)]
    for school in schools:
        school.db.close()
    return [
        _middleware(run),
        *lists,
        *(
            Row(f"growth of the {kind} list from {SIZES[0]:,} to {SIZES[1]:,}", small[n] / large[n], "≤ 1.15",
                small[n] / large[n] <= 1.15, f"the floor's: {small[n + 2] / large[n + 2]:.2f}")
            for kind, n in growth
        ),
    ]  # fmt: skip


def _row(name: str, value: float, goal: float) -> Row:
    return Row(name, value, f"≥ {goal}", value >= goal)


def caller(app: Flask, path: str, cookie: str = "") -> Callable[[], None]:
    """A function that sends one GET straight into the application and reads the whole answer."""
    builder = EnvironBuilder(path=path, headers=[("Cookie", cookie)] if cookie else [])
    environ = builder.get_environ()
    status: list[str] = []

    def start(line: str, headers: list[tuple[str, str]], error: object = None) -> Callable[[bytes], None]:
        status[:] = [line]
        return lambda data: None

    def call() -> None:
        answer: Any = app.wsgi_app({**environ, "wsgi.input": io.BytesIO()}, start)
        for _ in answer:
            pass
        answer.close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{path} answered {status[0]}")

    return call


def _middleware(run: Bench) -> Row:
    bare = Flask("bare")
    bare.add_url_rule("/empty", view_func=lambda: "")
    ours = create_app(run.settings, db=Database(run.database("middleware")), registry=run.registry)
    ours.add_url_rule("/empty", view_func=lambda: "")
    floor, rate = rates([caller(bare, "/empty"), caller(ours, "/empty")])
    return Row("empty answer through the whole middleware / bare Flask", rate / floor, "≥ 0.6", rate / floor >= 0.6)


@dataclass(frozen=True, slots=True)
class _School:
    db: Database
    callers: list[Callable[[], None]]
    """JSON list, HTML list, and the floors of both."""


def _school(run: Bench, pupils: int) -> _School:
    """A school some time after its pupils were entered: vacuumed and analysed, as autovacuum would have done."""
    name = f"lists_{pupils}"
    db = Database(run.database(name))
    school_id = make_school(run, db, pupils)
    with create_engine(database_url(run.server, name, "postgres"), isolation_level="AUTOCOMMIT").connect() as owner:
        owner.exec_driver_sql("VACUUM ANALYZE")
    token = make_session(db, school_id, "office")
    ours = create_app(run.settings, db=db, registry=run.registry)
    floor = _floor(db, school_id)
    cookie = f"truong_session={token}"
    callers = [
        caller(ours, "/api/v1/learners?limit=50", cookie),
        caller(ours, "/learners/", cookie),
        caller(floor, "/json"),
        caller(floor, "/html"),
    ]
    return _School(db, callers)


def _floor(db: Database, school_id: UUID) -> Flask:
    app = Flask("floor")

    def select() -> list[Any]:
        with db.context(ACTOR, school_id) as ctx:
            return list(ctx.session.connection().execute(_SELECT, {"school": school_id}))

    @app.get("/json")
    def json() -> Response:
        return Response(msgspec.json.encode([tuple(row) for row in select()]), mimetype="application/json")

    @app.get("/html")
    def html() -> str:
        return render_template_string(_TABLE, rows=select())

    return app


def make_school(run: Bench, db: Database, pupils: int) -> UUID:
    """A school with its year, every module, and pupils from the demo generator; with 0 pupils it has no class either."""
    with db.all_schools(ACTOR) as ctx:
        school_id = services.create_school(
            ctx, code="BENCH", name="Trường đo", level="lower_secondary", province="01", payment_prefix="TRM"
        )
    with db.context(ACTOR, school_id) as ctx:
        services.open_year(ctx, "2026-2027", date(2026, 8, 1), date(2027, 7, 31))
        for module in sorted(run.registry.school_modules()):
            modules.switch_module(ctx, run.registry, module, on=True)
    steps = [s for s in run.registry.demos() if s.name == "learners" and pupils]
    for step in sorted(steps, key=lambda d: d.order):
        with db.context(ACTOR, school_id) as ctx:
            step.run(ctx, {"pupils": pupils, "level": "lower_secondary", "name": "Trường đo"})
    return school_id


def make_session(db: Database, school_id: UUID, role: str) -> str:
    """A signed-in session with one role."""
    account_id = new_id()
    with db.all_schools(ACTOR) as ctx:
        ctx.session.add(
            Account(
                id=account_id, login=f"b-{account_id}", name="Đo", password_hash=None, last_sign_in_at=None,
                password_changed_at=None,
            )
        )  # fmt: skip
        ctx.session.flush()
        ctx.session.add(
            Grant(
                account_id=account_id,
                role=role,
                school_id=school_id,
                valid_from=utc_now(),
                valid_until=None,
                granted_by=None,
            )
        )
        return open_session(ctx, account_id, school_id, "127.0.0.1", "benchmark")
