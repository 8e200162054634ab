"""Fixtures for the tests of plugins: a real PostgreSQL, one migrated template, a fresh copy for each test that asks.

In the `conftest.py` beside your tests:

    from core.sdk.testing.fixtures import *

`db` is a database of one's own, signed in as the application; `school` and `other_school` have every module on;
`sign_in(school, "head")` gives a client of the whole application (`client.csrf` is the form token). All plugins that
are installed are loaded, yours among them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from core.access.models import Grant
from core.data.ddl import PREPARE_DATABASE
from core.data.embedded import create_database, database_url, start_embedded
from core.data.session import Database
from core.data.types import new_id
from core.identity.models import Account, AccountPerson
from core.identity.sessions import open_session
from core.kernel import discovery, migrations
from core.kernel.registry import Registry, collect
from core.school.models import ModuleSwitch, School, SchoolYear
from core.sdk import VERSION
from core.sdk.web.runtime import Runtime
from core.settings import Keyring, use_keys
from core.settings.instance import InstanceSettings
from core.types.actor import Actor, system_actor
from core.types.clock import utc_now
from core.types.staying import staying
from core.web.app import bind, create_app
from core.web.core_plugin import CORE_PLUGINS

from .databases import Databases, address_of_worker, as_worker, signed_in_as_application

__all__ = [
    "SignIn",
    "address_of_worker",
    "app",
    "as_worker",
    "databases",
    "db",
    "keys",
    "make_school",
    "other_school",
    "prepare",
    "program",
    "registry",
    "school",
    "server",
    "sign_in",
    "signed_in",
    "signed_in_as_application",
    "system",
    "template",
    "var",
]
SECRET = "for-tests-only-" * 4
SignIn = Callable[..., FlaskClient]


@pytest.fixture(scope="session", autouse=True)
def keys() -> None:
    """Secret keys as a running program has them."""
    use_keys(Keyring([SECRET]))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Superuser address of an embedded PostgreSQL for this test process."""
    with tempfile.TemporaryDirectory(prefix="truong-pg-", dir=_in_memory(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        address = start_embedded(Path(folder) / "data", keep_running=False)
        with psycopg.connect(address, autocommit=True) as connection:
            # Nobody pulls the plug of a test server: processes are killed in tests, the machine is not.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address


def _in_memory() -> str | None:
    """A folder in memory with room for the copies of a database, each a thousand files; None where there is none."""
    memory = Path("/dev/shm")  # noqa: S108  # the folder inside has a name of its own
    return str(memory) if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30 else None


@pytest.fixture(scope="session")
def registry() -> Registry:
    """All built-in plugins, loaded as the program does."""
    with staying():
        return collect(discovery.load(discovery.find(), api_version=VERSION), CORE_PLUGINS)


@pytest.fixture(scope="session")
def template(server: str, registry: Registry) -> str:
    """Name of a migrated database to copy from."""
    name = "truong_template"
    create_database(server, name)
    prepare(server, name, registry)
    return name


def prepare(server: str, name: str, registry: Registry) -> None:
    """Extensions and migrations of an empty database."""
    for role, work in (("postgres", "prepare"), ("truong_owner", "migrate")):
        engine = create_engine(database_url(server, name, role))
        with engine.begin() as connection:
            if work == "prepare":
                for statement in PREPARE_DATABASE:
                    connection.exec_driver_sql(statement)
            else:
                for chain in migrations.chains(registry.plugins):
                    migrations.upgrade(connection, chain)
        engine.dispose()


@pytest.fixture(scope="session")
def databases(server: str, template: str) -> Iterator[Databases]:
    """Where the tests of this process have their databases from."""
    found = Databases(server, template)
    yield found
    found.close()


@pytest.fixture
def db(databases: Databases) -> Iterator[Database]:
    """An empty database of one's own, signed in as the application."""
    with databases.one() as database:
        yield database


@pytest.fixture
def school(db: Database, registry: Registry) -> UUID:
    """A lower-secondary school with a current year and every module on."""
    return make_school(db, "HOAPHUONG", "Trường THCS Hoa Phượng", "lower_secondary", "TRH", registry.school_modules())


@pytest.fixture
def other_school(db: Database, registry: Registry) -> UUID:
    """A second school, to prove that nothing leaks."""
    return make_school(db, "CANHDIEU", "Trường Tiểu học Cánh Diều", "primary", "TRG", registry.school_modules())


def make_school(
    db: Database, code: str, name: str, level: str, prefix: str, modules: Iterable[str] = ("learners", "finance")
) -> UUID:
    """A school with a current year."""
    school_id = new_id()
    with db.all_schools(system_actor("test")) as ctx:
        ctx.session.add(School(id=school_id, code=code, name=name, level=level, province="01", payment_prefix=prefix))
        ctx.session.flush()
        ctx.session.add(
            SchoolYear(
                school_id=school_id,
                name="2026-2027",
                starts_on=date(2026, 8, 1),
                ends_on=date(2027, 7, 31),
                current=True,
            )
        )
        for module in modules:
            ctx.session.add(ModuleSwitch(school_id=school_id, module=module, switched_on_at=utc_now()))
    return school_id


@pytest.fixture
def system() -> Actor:
    return system_actor("test")


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the program's files; its built assets serve all tests."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def program(registry: Registry, var: Path) -> Flask:
    """The whole application, put together once for a test process: hundreds of views and templates take a while."""
    nowhere = Database("postgresql+psycopg:///nowhere")
    with staying():
        application = create_app(_settings(var), db=nowhere, registry=registry)
    application.testing = True
    application.config["PROPAGATE_EXCEPTIONS"] = False
    return application


@pytest.fixture
def app(program: Flask, db: Database, registry: Registry, var: Path) -> Flask:
    """The whole application on the test's own database, bound as if it had just been made."""
    bind(_settings(var), registry, texts=False)
    runtime: Runtime = program.extensions["truong"]
    runtime.db, runtime.clock, runtime.base_url = db, utc_now, "http://localhost"
    return program


def _settings(var: Path) -> InstanceSettings:
    return InstanceSettings(secret_keys=(SECRET,), var=var, base_url="http://localhost", secure_cookies=False)


@pytest.fixture
def sign_in(app: Flask, db: Database) -> SignIn:
    """`sign_in(school, "accountant", person_id=...)`: a client with a session; `client.csrf` is the form token."""
    return partial(signed_in, app, db)


def signed_in(
    app: Flask,
    db: Database,
    school_id: UUID | None,
    *roles: str,
    person_id: UUID | None = None,
    name: str = "Người thử",
) -> FlaskClient:
    """A client of `app` with the session of a fresh account, begun at the application's time."""
    account_id = new_id()
    runtime: Runtime = app.extensions["truong"]
    with db.all_schools(system_actor("test"), clock=runtime.clock) as ctx:
        ctx.session.add(
            Account(id=account_id, login=f"t-{account_id}", name=name, password_hash=None, last_sign_in_at=None,
                    password_changed_at=None)
        )  # fmt: skip
        ctx.session.flush()
        for role in roles:
            at = None if role == "operator" else school_id
            ctx.session.add(
                Grant(account_id=account_id, role=role, school_id=at, valid_from=ctx.now(), valid_until=None,
                      granted_by=None)
            )  # fmt: skip
        if person_id is not None:
            ctx.session.add(AccountPerson(account_id=account_id, school_id=school_id, person_id=person_id))
        token = open_session(ctx, account_id, school_id, "127.0.0.1", "test")
    client = app.test_client()
    client.set_cookie("truong_session", token)
    client.csrf = runtime.csrf_token(token)  # type: ignore[attr-defined]
    client.account_id = account_id  # type: ignore[attr-defined]
    return client
