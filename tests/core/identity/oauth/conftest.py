"""A school with a service, an app and a resource server, and how programs call."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database
from core.identity.oauth.clients import NewClient, make_client
from core.kernel.registry import Registry
from core.sdk.testing.fixtures import SECRET
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web.app import create_app
from tests.conftest import make_school

BACK = "https://app.example/back?x=1"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
READ = "payments.ledger.read"
SCOPE = "payments:ledger:read"


@dataclass
class Program:
    """A client as its maker has it."""

    app: Flask
    id: str
    secret: str = field(repr=False)

    def basic(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()}

    def post(self, path: str, **form: Any) -> TestResponse:
        headers = self.basic() if self.secret else {}
        if not self.secret:
            form.setdefault("client_id", self.id)
        return self.app.test_client().post(f"/oauth/{path}", data=form, headers=headers)

    def query(self, **changes: str | None) -> dict[str, str]:
        """An authorization request; None leaves a parameter out."""
        query: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": BACK,
            "scope": "openid profile",
            "state": "st&te",
            "nonce": "n1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in query.items() if value is not None}

    def ask(self, client: FlaskClient, **changes: str | None) -> TestResponse:
        return client.get("/oauth/authorize", query_string=self.query(**changes))

    def agree(self, client: FlaskClient, answer: str = "yes", **changes: str | None) -> dict[str, str]:
        """What the browser brings back to the app after the person's answer."""
        form = {"answer": answer, "csrf_token": client.csrf}  # type: ignore[attr-defined]
        done = client.post("/oauth/authorize", query_string=self.query(**changes), data=form)
        assert done.status_code == 302, done.text
        return brought_back(done)

    def exchange(self, code: str, **changes: str) -> TestResponse:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.post("token", **{**form, **changes})


def brought_back(response: TestResponse) -> dict[str, str]:
    """The parameters of a redirect to the app."""
    location = response.headers["Location"]
    assert location.startswith("https://app.example/back?x=1&"), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def make(app: Flask, db: Database, actor: Actor, school: UUID, **values: Any) -> Program:
    new = NewClient(**{"name": "Sổ điểm vui", "purpose": "Luyện tập ở nhà", "kind": "app", **values})
    with db.context(actor, school) as ctx:
        client_id, secret = make_client(ctx, new)
    return Program(app, str(client_id), secret)


@pytest.fixture(scope="module")
def db(server: str, template: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """One database for a file of tests: each makes clients and people of its own."""
    name = f"oauth_{os.getpid()}_{request.module.__name__.rpartition('.')[2]}"
    create_database(server, name, template=template)
    database = Database(database_url(server, name, "truong_app"), pool_size=4)
    yield database
    database.close()
    drop_database(server, name)


@pytest.fixture(scope="module")
def school(db: Database, registry: Registry) -> UUID:
    return make_school(db, "HOAPHUONG", "Trường THCS Hoa Phượng", "lower_secondary", "TRH", registry.school_modules())


@pytest.fixture(scope="module")
def other_school(db: Database, registry: Registry) -> UUID:
    return make_school(db, "CANHDIEU", "Trường Tiểu học Cánh Diều", "primary", "TRG", registry.school_modules())


@pytest.fixture(scope="module")
def app(db: Database, registry: Registry, var: Path) -> Flask:
    settings = InstanceSettings(secret_keys=(SECRET,), var=var, base_url="http://localhost", secure_cookies=False)
    return create_app(settings, db=db, registry=registry)


@pytest.fixture
def service(app: Flask, db: Database, school: UUID, system: Actor) -> Program:
    return make(app, db, system, school, kind="service", permissions=[READ, "payments.cash.collect"])


@pytest.fixture
def learning(app: Flask, db: Database, school: UUID, system: Actor) -> Program:
    return make(app, db, system, school, redirect_uris=[BACK], permissions=[READ])


@pytest.fixture
def public_app(app: Flask, db: Database, school: UUID, system: Actor) -> Program:
    return make(app, db, system, school, redirect_uris=[BACK], permissions=[READ], auth_method="none")


@pytest.fixture
def resource(app: Flask, db: Database, school: UUID, system: Actor) -> Program:
    return make(app, db, system, school, kind="resource")


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]
