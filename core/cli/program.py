"""What every command needs: settings, database, registry, opened once and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from core.data.embedded import database_url, start_embedded
from core.data.session import Database
from core.kernel import migrations
from core.kernel.registry import Registry
from core.settings.instance import InstanceSettings, load_settings
from core.web.app import bind, load_registry

DATABASE = "truong"


@dataclass(frozen=True, slots=True)
class Program:
    settings: InstanceSettings
    db: Database
    registry: Registry


def settings_with_database() -> InstanceSettings:
    """The settings; without a configured address the embedded PostgreSQL is started and filled in."""
    settings = load_settings()
    if settings.database_url:
        return settings
    server = start_embedded(settings.var / "postgres")
    return settings.with_database(
        database_url(server, DATABASE, "truong_app"), database_url(server, DATABASE, "truong_owner")
    )


def ready_settings(registry: Registry) -> InstanceSettings:
    """The settings of a program that is about to serve; refuses to start on a database that is not prepared."""
    settings = settings_with_database()
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            behind = [c.name for c in migrations.chains(registry.plugins) if migrations.pending(connection, c)]
    except OperationalError as error:
        raise click.ClickException("The database does not answer. Run `truong db upgrade` first.") from error
    finally:
        engine.dispose()
    if behind:
        raise click.ClickException(f"Migrations of {', '.join(behind)} are pending. Run `truong db upgrade` first.")
    return settings


@contextmanager
def program() -> Iterator[Program]:
    """The program without its web part."""
    registry = load_registry(load_settings())
    settings = ready_settings(registry)
    bind(settings, registry)
    db = Database(settings.database_url)
    try:
        yield Program(settings, db, registry)
    finally:
        db.close()


def say(text: str) -> None:
    click.echo(text)
