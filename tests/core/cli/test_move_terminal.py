"""Moving a school from the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database
from core.moving.database import MOVED
from core.types.actor import system_actor

from .conftest import Installation

ACTOR = system_actor("test")


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_from_the_terminal(installation: Installation, server: str, template: str, tmp_path: Path) -> None:
    installation.truong("school", "create", "MAI", "Trường Tiểu học Mai", "--level", "primary", "--prefix", "MAI")
    installation.truong("account", "create", "lan", "Cô Lan", "--role", "office", "--school", "MAI")
    database = Database(installation.environment["TRUONG_DATABASE_URL"])
    with database.all_schools(ACTOR) as ctx:
        ctx.session.execute(text("DELETE FROM core_job"))
    database.close()
    installation.truong("school", "move", "MAI", "--to", str(tmp_path / "out"))
    archive = tmp_path / "out" / "MAI.truong.zip"
    assert "here already" in installation.truong("school", "receive", str(archive), fails=True)
    assert [file.name for file in archive.parent.iterdir()] == [archive.name], "no invitations to nowhere"
    create_database(server, "test_terminal", template=template)
    straight = ("--to", database_url(server, "test_terminal", "truong_owner"))
    assert "--files" in installation.truong("school", "move", "MAI", *straight, fails=True)
    said = installation.truong("school", "move", "MAI", *straight, "--files", str(tmp_path / "there"))
    assert "Trường Tiểu học Mai has arrived" in said
    drop_database(server, "test_terminal")
    moved = {
        "TRUONG_DATABASE_URL": "",
        "TRUONG_WORKER_DATABASE_URL": "",
        "TRUONG_ADMIN_DATABASE_URL": "",
        "TRUONG_VAR": str(tmp_path),
    }
    (tmp_path / MOVED).write_text("postgresql://db.example/truong\n")
    assert "has moved to postgresql://db.example" in installation.truong("db", "upgrade", fails=True, environment=moved)
