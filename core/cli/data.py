"""`truong db` and `truong assets`."""

from __future__ import annotations

import click
from sqlalchemy import create_engine

from core.data.ddl import CREATE_ROLES, PREPARE_DATABASE
from core.data.embedded import create_database, database_url, start_embedded
from core.kernel import migrations
from core.kernel.registry import Registry
from core.settings.instance import InstanceSettings, load_settings
from core.web.app import load_registry
from core.web.assets import Assets

from .program import DATABASE, say


@click.group(help="The database.")
def db() -> None:
    pass


def prepare(settings: InstanceSettings, registry: Registry) -> list[str]:
    """Start the embedded server if none is configured, create what is missing, run pending migrations.

    Returns the names of the chains that moved. Never called inside a web start.
    """
    owner = settings.admin_database_url
    if not settings.database_url:
        server = start_embedded(settings.var / "postgres")
        create_database(server, DATABASE)
        engine = create_engine(database_url(server, DATABASE, "postgres"))
        with engine.begin() as connection:
            for statement in PREPARE_DATABASE:
                connection.exec_driver_sql(statement)
        engine.dispose()
        owner = database_url(server, DATABASE, "truong_owner")
    moved: list[str] = []
    engine = create_engine(owner or settings.database_url)
    for chain in migrations.chains(registry.plugins):
        with engine.begin() as connection:
            if migrations.pending(connection, chain):
                migrations.upgrade(connection, chain)
                moved.append(chain.name)
    engine.dispose()
    return moved


@db.command(help="Create what is missing and run pending migrations.")
def upgrade() -> None:
    settings = load_settings()
    moved = prepare(settings, load_registry(settings))
    say("Migrated: " + ", ".join(moved) if moved else "The database is up to date.")


@db.command(help="Print the SQL that an operator runs once on an own server, as superuser.")
def roles() -> None:
    say(CREATE_ROLES)
    say(f"CREATE DATABASE {DATABASE} OWNER truong_owner;")
    say(f"\\c {DATABASE}")
    for statement in PREPARE_DATABASE:
        say(statement + ";")


@click.group(help="Fonts and static files.")
def assets() -> None:
    pass


@assets.command(help="Build the files that browsers keep.")
def build() -> None:
    settings = load_settings()
    Assets.build(settings.var / "assets")
    say("Assets are built.")
