"""`truong db` and `truong assets`."""

from __future__ import annotations

import sys

import click
from sqlalchemy import create_engine

from core.data.ddl import CREATE_ROLES, PREPARE_DATABASE
from core.data.embedded import create_database, database_url, start_embedded
from core.kernel.registry import Registry
from core.kernel.upgrade import Step, upgrade_all
from core.settings.instance import InstanceSettings, load_settings
from core.web.app import build_assets, load_registry

from .program import DATABASE, refuse_moved, say


@click.group(help="The database.")
def db() -> None:
    pass


def prepare(settings: InstanceSettings, registry: Registry) -> list[Step]:
    """Start the embedded server if none is configured, create what is missing, run pending migrations.

    Never called inside a web start.
    """
    owner = settings.admin_database_url
    if not settings.database_url:
        refuse_moved(settings)
        server = start_embedded(settings.var / "postgres")
        create_database(server, DATABASE)
        engine = create_engine(database_url(server, DATABASE, "postgres"))
        with engine.begin() as connection:
            for statement in PREPARE_DATABASE:
                connection.exec_driver_sql(statement)
        engine.dispose()
        owner = database_url(server, DATABASE, "truong_owner")
    engine = create_engine(owner or settings.database_url)
    try:
        return upgrade_all(engine, registry.plugins)
    finally:
        engine.dispose()


@db.command(help="Create what is missing and run pending migrations.")
def upgrade() -> None:
    settings = load_settings()
    steps = prepare(settings, load_registry(settings))
    moved = [step.chain for step in steps if step.moved]
    say("Migrated: " + ", ".join(moved) if moved else "The database is up to date.")
    failed = [step for step in steps if step.fault]
    for step in failed:
        say(f"! {step.chain}: {step.fault}. Nothing of it was changed; the plugin stays out of service.")
    sys.exit(1 if failed else 0)


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
    build_assets(settings, load_registry(settings))
    say("Assets are built.")
