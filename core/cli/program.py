"""What every command needs: settings, database, registry, opened once and closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from core.data.embedded import database_url, start_embedded
from core.data.session import Database
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


@contextmanager
def program() -> Iterator[Program]:
    """The program without its web part."""
    settings = settings_with_database()
    registry = load_registry(settings)
    bind(settings, registry)
    db = Database(settings.database_url)
    try:
        yield Program(settings, db, registry)
    finally:
        db.close()


def say(text: str) -> None:
    click.echo(text)
