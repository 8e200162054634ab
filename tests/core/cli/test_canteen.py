"""The plugin of the tutorial: built, installed by pip, on at one of two schools, used, switched off, purged."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from uuid import UUID

import pytest

from core.access.grants import grant
from core.data.session import Database
from core.identity import accounts
from core.types.actor import Actor

from .conftest import ROOT, Installation

CANTEEN = ROOT / "docs" / "tutorial" / "canteen"
PASSWORD = "hoa phượng đỏ 2026"
MEAL = {"day": "2026-11-23", "dish": "Cơm gà", "price": "30.000"}


@dataclass
class Browser:
    """Somebody with cookies, over HTTP."""

    base: str
    jar: CookieJar = field(default_factory=CookieJar)

    def ask(self, path: str, **form: str) -> tuple[int, str]:
        """Status and page; with form fields it is posted, with the token of the page before."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with opener.open(self.base + path, data, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def sign_in(self, login: str) -> None:
        token = self.token("/sign-in")
        status, page = self.ask("/sign-in", login=login, password=PASSWORD, csrf_token=token)
        assert status == 200 and 'name="password"' not in page

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.ask(path)[1])
        return found[1] if found else ""


@contextmanager
def serving(installation: Installation) -> Iterator[str]:
    """`truong web` on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "core.cli", "web", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    environment = {**installation.environment, "TRUONG_BASE_URL": f"http://127.0.0.1:{port}"}
    web = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, web)
        yield f"http://127.0.0.1:{port}"
    finally:
        web.terminate()
        web.wait(30)


def _wait(port: int, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert web.poll() is None, "the web server ended"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("nobody listens")


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_plugin_from_its_own_folder_lives_at_one_of_two_schools(
    installation: Installation, db: Database, school: UUID, other_school: UUID, system: Actor, tmp_path: Path
) -> None:
    source = shutil.copytree(CANTEEN, tmp_path / "canteen")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "--target", str(installation.site), str(source)],
        check=True,
    )  # fmt: skip
    assert "Migrated: canteen" in installation.truong("db", "upgrade")
    assert "Switched on" in installation.truong("plugin", "enable", "canteen", "--school", "HOAPHUONG")
    for login, where in (("hoa", school), ("dieu", other_school)):
        with db.context(system, where) as ctx:
            grant(ctx, accounts.create_account(ctx, login, "Nguyễn Thị Hoa", password=PASSWORD), "office")

    with serving(installation) as base:
        hoa, dieu = Browser(base), Browser(base)
        hoa.sign_in("hoa")
        dieu.sign_in("dieu")
        assert hoa.ask("/canteen/", **MEAL, csrf_token=hoa.token("/canteen/"))[0] == 200
        assert "Cơm gà" in hoa.ask("/canteen/")[1]
        assert "Nhà ăn" in hoa.ask("/")[1]
        assert dieu.ask("/canteen/")[0] == 404, "the module is off there"
        assert dieu.ask("/api/v1/canteen")[0] == 404
        assert "Nhà ăn" not in dieu.ask("/")[1]
        installation.truong("plugin", "disable", "canteen", "--school", "HOAPHUONG")
        assert hoa.ask("/canteen/")[0] == 404, "switched off without a restart"

    said = installation.truong("plugin", "purge", "canteen", "--yes")
    assert "canteen: 1 rows in 2 tables erased." in said
    assert "is the proof" in said
    assert "unbroken" in installation.truong("audit", "verify")
