"""A school with two classes, their courses, teachers and a family, and a program that may read it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.data.session import Database
from core.identity.oauth.clients import NewClient, make_client
from core.school.models import Term
from core.sdk import Actor
from core.sdk.data import new_id
from core.sdk.people import create_person, relate
from core.sdk.school import current_year
from plugins.curriculum.services import courses, plan, teachers
from plugins.learners.models import Enrolment, Learner
from plugins.learners.services.classes import create_class
from plugins.oneroster import access

SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
BASE = "/ims/oneroster/rostering/v1p2"


@dataclass
class Roster:
    """What the school has."""

    school: UUID
    first: UUID
    second: UUID
    pupils: list[UUID]
    mother: UUID
    teacher: UUID
    terms: list[UUID]


@pytest.fixture
def roster(db: Database, system: Actor, school: UUID) -> Roster:
    with db.context(system, school) as ctx:
        year = current_year(ctx)
        terms = [
            Term(school_id=school, year_id=year.id, number=1, starts_on=date(2026, 9, 5), ends_on=date(2027, 1, 16)),
            Term(school_id=school, year_id=year.id, number=2, starts_on=date(2027, 1, 18), ends_on=date(2027, 5, 29)),
        ]
        ctx.session.add_all(terms)
        first, second = create_class(ctx, "7A1"), create_class(ctx, "7A2")
        plan.take_over(ctx)
        pupils = []
        for at, (name, class_id) in enumerate((("Nguyễn Văn An", first), ("Lê Thị Bình", first), ("Đỗ Cường", second))):
            person = create_person(ctx, name, sex=1 + at % 2, birth_date=date(2014, 3, 1 + at))
            ctx.session.add(Learner(school_id=school, id=person, code=f"25010000{at}", birth=f"2014-03-0{1 + at}"))
            ctx.session.flush()
            row = {"learner_id": person, "year_id": year.id, "class_id": class_id, "starts_on": year.starts_on}
            ctx.session.add(Enrolment(id=new_id(), school_id=school, **row))
            pupils.append(person)
        mother = create_person(ctx, "Trần Thị Hoa", phones=["+84900000001"])
        relate(ctx, mother, pupils[0], "mother")
        teacher = teachers.add_teacher(ctx, "Phạm Minh Đức", code="GV01")
        maths = next(line for line in courses.courses(ctx, class_id=first) if line.code == "toan")
        courses.assign(ctx, maths.id, teacher, starts_on=year.starts_on)
        courses.set_homeroom(ctx, first, teacher, starts_on=year.starts_on)
        return Roster(school, first, second, pupils, mother, teacher, [term.id for term in terms])


Get = Callable[..., TestResponse]


@dataclass(frozen=True)
class Peer:
    """A program that has been let in with every right of OneRoster."""

    app: Flask
    basic: str

    def token(self, *names: str, prefix: str = SCOPE) -> str:
        form = {"grant_type": "client_credentials", "scope": " ".join(prefix + name for name in names)}
        answer = self.app.test_client().post(
            "/oauth/token", data=form, headers={"Authorization": f"Basic {self.basic}"}
        )
        assert answer.status_code == 200, answer.text
        assert {*answer.get_json()["scope"].split()} == {prefix + name for name in names}
        token: str = answer.get_json()["access_token"]
        return token


def let_in(app: Flask, db: Database, system: Actor, school: UUID) -> Peer:
    """A program for a school."""
    with db.context(system, school) as ctx:
        rights = [permission.name for permission in access.PERMISSIONS if permission.scopes]
        id, secret = make_client(ctx, NewClient("Lớp học số", "Đồng bộ", "service", permissions=rights))
    return Peer(app, base64.b64encode(f"{id}:{secret}".encode()).decode())


@pytest.fixture
def peer(app: Flask, db: Database, system: Actor, roster: Roster) -> Peer:
    return let_in(app, db, system, roster.school)


@pytest.fixture
def client(peer: Peer) -> Callable[..., Get]:
    """`client("roster.readonly")("/users", limit=1)`: a program with a token of these scopes, and how it asks."""

    def signed(*names: str) -> Get:
        token = peer.token(*names)

        def ask(path: str, method: str = "GET", body: object = None, **query: object) -> TestResponse:
            given = {name: str(value) for name, value in query.items()} or None
            headers = {"Authorization": f"Bearer {token}"}
            address = path if path.startswith("/ims/") else BASE + path
            return peer.app.test_client().open(address, method=method, json=body, query_string=given, headers=headers)

        return ask

    return signed


@pytest.fixture
def get(client: Callable[..., Get]) -> Get:
    return client("roster.readonly", "roster-demographics.readonly")
