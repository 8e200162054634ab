"""Many plugins: what 200 that are installed add to a start, and what 50 that are on cost a request.

Each is a real package with an entry point: permissions, roles, settings, a page, an API, an entry of the rail, a card,
a task, a subscriber and a tab. They are written to a folder that a process of its own has on its path; the floor is the
same program without them, started and asked in turn with it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .common import Bench, Row

STARTED, ON = 200, 50
Process = subprocess.Popen[str]
_ROUNDS, _TURNS = 3, 17
_PACKAGE = """
from core.sdk import AuditAction, Card, Manifest, Message, NavItem, Permission, RecordTab, RoleGrant, Setting, Subscriber, Task, hookimpl

NAME = "{name}"
manifest = Manifest(name=NAME, version="1.0", label=Message(NAME), requires_api=">=0.1,<1")


def nothing(*given):
    return None


class Plugin:
    @hookimpl
    def provide_permissions(self):
        return [Permission(f"{{NAME}}.thing.read", Message("Read")), Permission(f"{{NAME}}.thing.edit", Message("Edit"))]

    @hookimpl
    def provide_roles(self):
        return [RoleGrant("office", frozenset({{f"{{NAME}}.thing.read", f"{{NAME}}.thing.edit"}}))]

    @hookimpl
    def provide_settings(self):
        return [Setting(f"{{NAME}}.{{word}}", Message(word)) for word in ("one", "two", "three")]

    @hookimpl
    def provide_audit_actions(self):
        return [AuditAction(f"{{NAME}}.thing.added", Message("Added"))]

    @hookimpl
    def provide_nav(self):
        return [NavItem(Message(NAME), f"{{NAME}}.index", "file", f"{{NAME}}.thing.edit")] if {rail} else []

    @hookimpl
    def provide_cards(self):
        return [Card(f"{{NAME}}.today", f"{{NAME}}.thing.read", nothing)]

    @hookimpl
    def provide_record_tabs(self):
        return [RecordTab("learner", NAME, Message(NAME), f"{{NAME}}.thing.read", nothing)]

    @hookimpl
    def provide_tasks(self):
        return [Task(f"{{NAME}}.work", nothing)]

    @hookimpl
    def provide_subscribers(self):
        return [Subscriber("learners.enrolled", f"{{NAME}}.hear", nothing)]

    @hookimpl
    def provide_pages(self):
        from .pages import blueprint

        return [blueprint]

    @hookimpl
    def provide_api(self):
        from .api import blueprint

        return [blueprint]
"""
_PAGES = """
from flask import Blueprint
from core.sdk.web import page

blueprint = Blueprint("{name}", __name__)


@blueprint.get("/")
@page("{name}.thing.read")
def index(ctx):
    return "x"


@blueprint.post("/")
@page("{name}.thing.edit")
def add(ctx):
    return "x"
"""
_API = """
from core.sdk.web import ApiBlueprint, api, json_list

blueprint = ApiBlueprint("api-{name}", __name__, url_prefix="/{name}", description="{name}")


@blueprint.route("")
@api("{name}.thing.read")
def things(ctx):
    return json_list([])
"""


def rows(run: Bench) -> list[Row]:
    """Both promises, each against the same program without the plugins."""
    started, on = max(4, int(STARTED * run.scale)), max(4, int(ON * run.scale))
    many, some = run.folder / "many", run.folder / "some"
    install(many, started)
    install(some, on)
    starts: dict[str, list[float]] = {"": [], str(many): []}
    for _round in range(_ROUNDS):
        for site, found in starts.items():
            found.append(measured(run, "start", site))
    added = statistics.median(starts[str(many)]) - statistics.median(starts[""])
    return [
        Row(f"start-up that {started} plugins add, in seconds", added, "≤ 3", added <= 3,
            f"{statistics.median(starts['']):.2f} s without them"),
        *_requests(run, str(some), on),
    ]  # fmt: skip


def _requests(run: Bench, site: str, on: int) -> Iterator[Row]:
    """What a page costs more with the plugins: two programs take turns, and the median of the differences counts."""
    with _program(run, "", "plugins_none") as without, _program(run, site, "plugins_some") as within:
        for name, path in (("an ordinary page", "/learners/classes"), ("the start page with all cards", "/")):
            pairs = [(_asked(without, path), _asked(within, path)) for _round in range(_TURNS)][2:]
            cost = statistics.median(more - less for less, more in pairs) * 1000
            bare = statistics.median(less for less, _more in pairs) * 1000
            yield Row(f"hooks and registries of {on} plugins, {name}, in ms", cost, "≤ 1", cost <= 1,
                      f"{bare:.2f} ms without them")  # fmt: skip


@contextmanager
def _program(run: Bench, site: str, database: str) -> Iterator[Process]:
    """The program with the plugins of a folder, at a school of its own."""
    started = subprocess.Popen(
        _command(run, "serve", database),
        env=_environment(site),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.communicate()


def _asked(program: Process, path: str) -> float:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(f"{path}\n")
    program.stdin.flush()
    while not (line := program.stdout.readline()).startswith(("0.", "1.")):
        if not line:
            raise RuntimeError("the measured program ended")
    return float(line)


def install(site: Path, count: int) -> None:
    """Packages as pip leaves them behind."""
    for number in range(count):
        name = f"vendor{number:03}"
        package, info = site / f"truong_{name}", site / f"truong_{name}-1.0.dist-info"
        for folder in (package, info):
            folder.mkdir(parents=True)
        (package / "__init__.py").write_text(_PACKAGE.format(name=name, rail=number < 8))
        (package / "pages.py").write_text(_PAGES.format(name=name))
        (package / "api.py").write_text(_API.format(name=name))
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: truong-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[truong.plugins]\n{name} = truong_{name}\n")


def measured(run: Bench, what: str, site: str) -> float:
    """Seconds, as a process of its own has found them; the first of several starts compiles the packages."""
    command, environment = _command(run, what, ""), _environment(site)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: float = json.loads(done.stdout.splitlines()[-1])
    return found


def _command(run: Bench, what: str, database: str) -> list[str]:
    address = run.database(database) if database else ""
    return [sys.executable, "-m", "benchmarks.plugins_inside", what, str(run.folder / "var-plugins"), address]


def _environment(site: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (site, os.environ.get("PYTHONPATH"))))}
