"""`truong audit`, `truong ledger`, `truong doctor`: does everything agree?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
from sqlalchemy import select, text

from core import audit as trail
from core.data import letters, walls
from core.kernel.states import PluginState
from core.payments import ledger as books
from core.school.models import School
from core.types.actor import system_actor
from core.web.app import create_app
from core.work import operate

from .program import Program, program, say

_ACTOR = system_actor("cli")


@contextmanager
def each_school(parts: Program) -> Iterator[list[tuple[UUID, str]]]:
    with parts.db.all_schools(_ACTOR) as ctx:
        rows = ctx.session.execute(select(School.id, School.name).order_by(School.name)).all()
    yield [(row.id, row.name) for row in rows]


@click.group(help="The record of who did what.")
def audit() -> None:
    pass


@audit.command("verify", help="Recompute every hash chain; exits with 1 when an entry was changed or is missing.")
def verify_audit() -> None:
    broken = 0
    with program() as parts, parts.db.all_schools(_ACTOR) as ctx:
        names = {row.id: row.name for row in ctx.session.execute(select(School.id, School.name))}
        for report in trail.verify(ctx):
            name = names.get(report.school_id, "installation") if report.school_id else "installation"
            broken += _report(name, report)
    sys.exit(1 if broken else 0)


def _report(name: str, report: trail.ChainReport) -> int:
    say(f"{name}: {report.entries} entries, head {report.head}, {'unbroken' if report.ok else 'BROKEN'}")
    for fault in report.faults:
        say(f"  {fault}")
    return 0 if report.ok else 1


@click.group(help="The books.")
def ledger() -> None:
    pass


@ledger.command("verify", help="Recompute balances and allocations; exits with 1 when anything differs.")
def verify_ledger() -> None:
    wrong = 0
    with program() as parts, each_school(parts) as schools:
        for school_id, name in schools:
            with parts.db.context(_ACTOR, school_id) as ctx:
                problems = books.verify(ctx)
            say(f"{name}: " + ("the books agree" if not problems else "; ".join(map(str, problems))))
            wrong += len(problems)
    sys.exit(1 if wrong else 0)


@click.command(help="Check the installation and say what to do about each finding.")
def doctor() -> None:
    with program() as parts:
        create_app(parts.settings, db=parts.db, registry=parts.registry)  # tries the pages, as a web start does
        findings = list(_findings(parts))
    for finding in findings:
        say(f"! {finding}")
    say("Nothing to mend." if not findings else f"{len(findings)} findings.")
    sys.exit(1 if findings else 0)


def _findings(parts: Program) -> Iterator[str]:
    with parts.db.engine.connect() as connection:
        row = connection.execute(
            text("SELECT rolname, rolsuper OR rolbypassrls AS mighty FROM pg_roles WHERE rolname = current_user")
        ).one()
        if row.mighty:
            yield f"the database role {row.rolname} passes by row-level security; sign in as truong_app"
        owned = connection.execute(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")).scalar_one()
        if owned:
            yield f"the database role {row.rolname} owns {owned} tables; sign in as truong_app"
        for gap in walls.gaps(connection):
            yield f"table {gap}: rows of one school could reach another"
        if parts.db.replica and (why := parts.db.replica.standing(connection).why):
            yield f"the replica is left out and the primary serves reports: {why}"
    for plugin in parts.registry.plugins:
        if plugin.state is not PluginState.OK:
            yield f"plugin {plugin.name}: {plugin.state.value}: {plugin.diagnosis}"
    if lacking := letters.missing():
        yield f"the fonts of documents lack letters of Vietnamese: {lacking}; install fontpkg-be-vietnam-pro again"
    yield from _stranded_jobs(parts)
    yield from _owners_of_the_three_names()


def _stranded_jobs(parts: Program) -> Iterator[str]:
    """Jobs whose plugin is out of service wait; those of one that is gone wait for ever."""
    usable = {"core", *(plugin.name for plugin in parts.registry.plugins if plugin.usable)}
    with parts.db.all_schools(_ACTOR) as ctx:
        waiting: Counter[str] = Counter()
        for kind in operate.kinds(ctx):
            waiting[kind.module] += kind.waiting
    tasks = {name.partition(".")[0] for name in parts.registry.tasks()}
    for module, count in sorted(waiting.items()):
        if count and module not in usable | tasks:
            yield f"{count} jobs wait for the plugin {module}, which is not in service"


def _owners_of_the_three_names() -> Iterator[str]:
    """A wheel with a top-level `core`, `plugins` or `integrations` would silently overwrite ours."""
    from importlib.metadata import packages_distributions

    for name, owners in packages_distributions().items():
        if name in ("core", "plugins", "integrations"):
            foreign = sorted(set(owners) - {"truong"})
            if foreign:
                yield f"the package name {name!r} is also used by {', '.join(foreign)}: uninstall it"
