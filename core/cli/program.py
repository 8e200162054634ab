"""What every command needs: settings, database, registry, opened once and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import click
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError

from core.data.context import Context
from core.data.ddl import APP_ROLE, WORKER_ROLE
from core.data.embedded import database_url, start_embedded
from core.data.session import Database
from core.files.choosing import BUILT_IN, choose
from core.files.stores import FileStore
from core.kernel.registry import Registry
from core.kernel.upgrade import DatabaseBehind, judge
from core.moving.database import MOVED
from core.school.models import School
from core.settings.instance import ConfigurationError, InstanceSettings, load_settings
from core.web.app import bind, load_registry, open_database

DATABASE = "truong"


@dataclass(frozen=True, slots=True)
class Program:
    settings: InstanceSettings
    db: Database
    registry: Registry


def settings_with_database() -> InstanceSettings:
    """The settings; without a configured address the embedded PostgreSQL is started and filled in."""
    settings = load_settings()
    if settings.database_url or settings.worker_database_url:
        return settings
    refuse_moved(settings)
    server = start_embedded(settings.var / "postgres")
    roles = (APP_ROLE, WORKER_ROLE, "truong_owner")
    return settings.with_database(*(database_url(server, DATABASE, role) for role in roles))


def file_store(settings: InstanceSettings) -> FileStore:
    """Where the documents of this installation lie.

    Raises:
        ClickException: when the configuration names a store that is not there or not set up.
    """
    kinds = {} if settings.file_store in BUILT_IN else load_registry(settings).file_stores()
    try:
        return choose(settings.file_store, kinds, settings.var / "files")
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error


def refuse_moved(settings: InstanceSettings) -> None:
    """Stop at an embedded installation that has gone to another server (`truong db move`).

    Raises:
        ClickException: with the address to use.
    """
    if (moved := settings.var / MOVED).is_file():
        raise click.ClickException(
            f"This installation has moved to {moved.read_text().strip()}. Set TRUONG_DATABASE_URL to that address."
        )


def owner_addresses() -> tuple[str, str]:
    """The addresses of who owns the tables and of who may create databases (on the embedded server another).

    Raises:
        ClickException: when the operator's server is used and the owner's address is not configured.
    """
    settings = load_settings()
    if settings.database_url:
        if not settings.admin_database_url:
            raise click.ClickException("This needs TRUONG_ADMIN_DATABASE_URL, the address of the owner of the tables.")
        return settings.admin_database_url, settings.admin_database_url
    refuse_moved(settings)
    server = start_embedded(settings.var / "postgres")
    return database_url(server, DATABASE, "truong_owner"), database_url(server, DATABASE, "postgres")


def ready_settings(registry: Registry, *, of_worker: bool = False) -> InstanceSettings:
    """The settings of a program that is about to serve; refuses to start on a database that is not prepared.

    Args:
        of_worker: the database is opened in the role of workers.
    """
    settings = settings_with_database()
    if of_worker:
        settings = replace(settings, database_url=settings.worker_database_url)
    if not settings.database_url:
        variable, role = ("TRUONG_WORKER_DATABASE_URL", WORKER_ROLE) if of_worker else ("TRUONG_DATABASE_URL", APP_ROLE)
        raise click.ClickException(f"This needs {variable}, the address of the database for the role {role}.")
    engine = create_engine(settings.database_url)
    try:
        judge(engine, registry)
    except OperationalError as error:
        raise click.ClickException("The database does not answer. Run `truong db upgrade` first.") from error
    except DatabaseBehind as error:
        raise click.ClickException(f"{error}. Run `truong db upgrade` first.".capitalize()) from error
    finally:
        engine.dispose()
    return settings


@contextmanager
def program(*, of_worker: bool = False) -> Iterator[Program]:
    """The program without its web part, in the database role of commands or of workers."""
    registry = load_registry(load_settings())
    settings = ready_settings(registry, of_worker=of_worker)
    bind(settings, registry)
    db = open_database(settings)
    try:
        yield Program(settings, db, registry)
    finally:
        db.close()


def school_by_code(ctx: Context, code: str) -> UUID:
    """The school with this code, in a context over all schools.

    Raises:
        ClickException: when there is none.
    """
    found = ctx.session.scalar(select(School.id).where(School.code == code))
    if found is None:
        raise click.ClickException(f"There is no school with the code {code!r}.")
    return found


def say(text: str) -> None:
    click.echo(text)
