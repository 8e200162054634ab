"""`truong demo`: a school with a year of data, and everything that runs it, on this machine only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import click
from sqlalchemy import select

from core.cli.data import prepare
from core.cli.program import say, settings_with_database
from core.cli.serve import run_together, simulators_at
from core.data.session import Database
from core.identity.settings import ENFORCED
from core.school.models import School
from core.settings import put
from core.settings.instance import load_settings
from core.web.app import bind, build_assets, load_registry

from . import accounts_outside as services
from .authorities import OVERSEER, make_authorities
from .schools import ACTOR, PASSWORD, SCHOOLS, STAFF, make_school, meet_simulators


@click.command(help="Make (once) and run a demo school on 127.0.0.1; Ctrl-C stops it.")
@click.option("--port", default=8080, show_default=True, help="Of the pages; the simulators take this and 11 to 17.")
@click.option("--prepare-only", is_flag=True, help="Make the data and stop.")
def demo(port: int, prepare_only: bool) -> None:
    address = f"http://127.0.0.1:{port}"
    simulators = {"vnpay": port + 11, "bank_notices": port + 12}
    os.environ.setdefault("TRUONG_BASE_URL", address)  # for links and return addresses of all parts
    settings = load_settings()
    registry = load_registry(settings)
    bind(settings, registry)
    prepare(settings, registry)
    database_url = settings_with_database().database_url
    _make_missing(database_url, simulators, lambda: build_assets(settings, registry))
    _make_tree(database_url)
    notify = _addresses_of_notices(database_url, simulators, address)
    _tell(address, simulators)
    if prepare_only:
        return
    truong = [sys.executable, "-m", "core.cli"]
    run_together(
        [
            [*truong, "web", "--bind", f"127.0.0.1:{port}"],
            [*truong, "worker"],
            *simulators_at(simulators, notify),
            *services.commands(port),
        ]
    )


def _make_missing(database_url: str, simulators: Mapping[str, int], meanwhile: Callable[[], object]) -> None:
    """Make the schools that are not there yet, each in a process of its own: they share nothing."""
    db = Database(database_url)
    try:
        with db.all_schools(ACTOR) as ctx:
            known = set(ctx.session.scalars(select(School.code)))
    finally:
        db.close()
    missing = [number for number, school in enumerate(SCHOOLS) if school["code"] not in known]
    if not missing:
        meanwhile()
        return
    for number in missing:
        say(f"Making {SCHOOLS[number]['name']} …")
    with ProcessPoolExecutor(len(missing), get_context("spawn")) as pool:
        making = [pool.submit(_make, database_url, number, simulators) for number in missing]
        meanwhile()
        for school in making:
            school.result()


def _make_tree(database_url: str) -> None:
    """The authorities above the schools, once all schools are there."""
    db = Database(database_url)
    try:
        make_authorities(db, ACTOR, PASSWORD)
    finally:
        db.close()


def _make(database_url: str, number: int, simulators: Mapping[str, int]) -> None:
    """Make one school; runs in a process of its own."""
    settings = load_settings()
    registry = load_registry(settings)
    bind(settings, registry)
    db = Database(database_url, pool_size=2)
    try:
        make_school(db, registry, SCHOOLS[number], first=number == 0, simulators=dict(simulators))
        if number == 0:
            with db.all_schools(ACTOR) as ctx:  # the demo prints its passwords: nobody has a phone to confirm them with
                put(ctx, ENFORCED.key, False)
    finally:
        db.close()


def _addresses_of_notices(database_url: str, simulators: Mapping[str, int], address: str) -> dict[str, str]:
    """Where the simulators send their notices, by provider: to the channels of the first school."""
    db = Database(database_url)
    try:
        with db.all_schools(ACTOR) as ctx:
            school = ctx.session.scalars(select(School.id).where(School.code == SCHOOLS[0]["code"])).one()
        with db.context(ACTOR, school) as ctx:
            channels = meet_simulators(ctx, simulators)
    finally:
        db.close()
    return {provider: f"{address}/notices/{channel}" for provider, channel in channels.items()}


def _tell(address: str, simulators: Mapping[str, int]) -> None:
    say("")
    say(f"Truong runs at        {address}")
    say(f"VNPay simulator       http://127.0.0.1:{simulators['vnpay']}/control/")
    for name in services.SERVICES:
        say(f"{name:<21} {services.address(name, simulators['vnpay'] - 11)}")
    say(f"Bank simulator        http://127.0.0.1:{simulators['bank_notices']}/")
    say("")
    for login, name, role in (
        *STAFF,
        ("phuhuynh", "parent of two", "parent"),
        ("vanhanh", "Đỗ Quốc Bảo", "operator"),
        (*OVERSEER[:2], "overseer"),
    ):
        say(f"  {role:<12} {login:<12} {PASSWORD}     {name}")
    say("")
