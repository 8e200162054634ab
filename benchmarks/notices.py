"""Notices of payment services: how many a second are stored and acknowledged, how quickly, and what one costs when the
books have grown a thousandfold.

The product as an operator starts it (`truong web`, four processes; `truong worker`) on one PostgreSQL; 50 schools with
100,000 pupils. A half of the messages are VNPay's (a GET), a quarter SePay's and a quarter Casso's (signed bodies). Every
one is answered after the commit of its inbox row, while the worker books those before. In the end each is booked, once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import psutil
import psycopg
from sqlalchemy import TextClause, text

from core.data.session import Database
from core.payments import channels
from core.types.actor import system_actor

from .common import Bench, Row, await_health
from .filling import as_owner, without_indexes
from .notice_messages import SECRET, message, terminal
from .paid_bills import NUMBER, POSTINGS, TABLES, begin_attempts, open_charges, pay, school_ids, schools

SMALL, LARGE = 10_000, 10_000_000
"""Postings stored."""
NOTICES, WARM = 3_000, 300
PORT, WORKERS, CLIENTS = 8197, 4, 16
NAME = "notices"
ACTOR = system_actor("benchmark")
_PHASE = 100_000_000
"""Numbers of the bills that a measurement pays begin at a multiple of this."""
_BOOKED = text(
    "SELECT (SELECT count(*) FROM core_provider_inbox WHERE state = 'processed'),"
    " (SELECT count(*) FROM core_evidence), (SELECT count(*) FROM core_charge WHERE state = 'settled'),"
    " (SELECT count(*) FROM core_exception_case), (SELECT sum(amount) FROM core_ledger_balance)"
)
_OPEN = text("SELECT count(*) FROM core_provider_inbox WHERE state = 'received'")


@dataclass
class Scene:
    """One database with its schools and channels, and the programs that run on it."""

    run: Bench
    db: Database
    rails: dict[str, list[UUID]] = field(default_factory=dict)
    """Channels by style, in the order of the schools."""
    stored: int = 0
    """Bills paid long ago."""
    told: int = 0
    """Notices of all measurements."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement. Times of the answers in milliseconds, costs in seconds of the processor for one notice."""

    rate: float
    p99: float
    median: float
    received: float
    cost: float
    booked: float
    """Notices a second from the first one sent to the last one booked."""


def rows(run: Bench) -> list[Row]:
    """Rate and p99 with a large journal, and the growth of the cost."""
    small, large = (int(amount * run.scale) // POSTINGS for amount in (SMALL, LARGE))
    scene = Scene(run, Database(run.database(NAME), pool_size=2))
    with as_owner(run.server, NAME) as owner:
        schools(owner)
        _channels(scene)
        _history(scene, owner, small)
        before = _measure(scene, owner, 1)
        with without_indexes(owner, TABLES):
            _history(scene, owner, large)
        after = _measure(scene, owner, 2)
    scene.db.close()
    return [
        Row(f"notices stored and acknowledged a second, 4 web processes, {large * POSTINGS:,} postings", after.rate,
            "≥ 300", after.rate >= 300, f"{before.rate:.0f} at {small * POSTINGS:,}; booked meanwhile and after: "
            f"{after.booked:.0f} a second with one worker"),
        Row("p99 of their answers, ms", after.p99, "< 200", after.p99 < 200,
            f"median {after.median:.0f}; {CLIENTS} senders without a pause"),
        Row(f"cost of a notice, received and booked: {large * POSTINGS:,} postings / {small * POSTINGS:,}",
            after.cost / before.cost, "≤ 1.3", after.cost / before.cost <= 1.3,
            f"{after.cost * 1000:.1f} ms of the processor against {before.cost * 1000:.1f}"),
    ]  # fmt: skip


def _channels(scene: Scene) -> None:
    """VNPay and two notifiers of one account at each school."""
    kinds = {
        "vnpay": ("vnpay", {"hash_secret": SECRET}),
        "sepay": ("bank_notices", {"style": "sepay", "secret": SECRET, "account_number": NUMBER}),
        "casso": ("bank_notices", {"style": "casso", "secret": SECRET, "account_number": NUMBER}),
    }
    for number, school in enumerate(school_ids()):
        with scene.db.context(ACTOR, school) as ctx:
            for style, (provider, config) in kinds.items():
                own = {"merchant_code": terminal(number)} if provider == "vnpay" else {}
                scene.rails.setdefault(style, []).append(channels.configure(ctx, provider, {**config, **own}))


def _history(scene: Scene, owner: psycopg.Connection, bills: int) -> None:
    """Let paid bills grow to this number."""
    step = 250_000
    for start in range(scene.stored, bills, step):
        end = min(bills, start + step)
        open_charges(owner, start, end, paid=True)
        pay(owner, start, end, scene.rails["sepay"])
    scene.stored = bills


def _measure(scene: Scene, owner: psycopg.Connection, phase: int) -> Measured:
    """Pay new bills over all three rails with the programs running."""
    start = _PHASE * phase
    count = max(200, int((NOTICES + WARM) * min(1, scene.run.scale * 10)))
    warm = count // 10
    open_charges(owner, start, start + count)
    begin_attempts(owner, start, start + count, scene.rails["vnpay"])
    owner.execute("VACUUM ANALYZE")
    owner.execute("CHECKPOINT")
    before = _count(scene, _BOOKED)
    with _running(scene) as programs:
        _send(scene, [message(scene.rails, number) for number in range(start, start + warm)])
        _settle(scene)
        used, began = programs.processor(), time.perf_counter()
        sent = _send(scene, [message(scene.rails, number) for number in range(start + warm, start + count)])
        received = programs.processor() - used
        _settle(scene)
        seconds = time.perf_counter() - began
        cost = programs.processor() - used
    scene.told += count
    grown = [b - a for a, b in zip(before, _count(scene, _BOOKED), strict=True)]
    if grown != [count, count, count, 0, 0]:
        raise AssertionError(f"messages, evidence, settled bills, cases and books grew by {grown} with {count} notices")
    took, number = sorted(sent.took), count - warm
    return Measured(
        rate=number / sent.seconds,
        p99=took[int(len(took) * 0.99)],
        median=statistics.median(took),
        received=received / number,
        cost=cost / number,
        booked=number / seconds,
    )


def _count(scene: Scene, query: TextClause) -> list[int]:
    with scene.db.all_schools(ACTOR) as ctx:
        return [int(value or 0) for value in ctx.session.execute(query).one()]


def _settle(scene: Scene) -> None:
    """Until every message is booked."""
    end = time.monotonic() + 900
    while _count(scene, _OPEN)[0]:
        if time.monotonic() > end:
            raise AssertionError("the worker does not come to an end")
        time.sleep(0.25)


class Sent(NamedTuple):
    """What the senders measured."""

    seconds: float
    took: list[float]


def _send(scene: Scene, requests: list[bytes]) -> Sent:
    file = scene.run.folder / "requests"
    file.write_bytes(b"\x00".join(requests))
    command = [sys.executable, "-m", "benchmarks.notice_clients", str(file), str(PORT), str(CLIENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Sent(**json.loads(done.stdout))


@dataclass(frozen=True, slots=True)
class Programs:
    """Web, worker and database, by their first processes."""

    heads: tuple[psutil.Process, ...]

    def processor(self) -> float:
        """Seconds of the processor that all of them have had, with the processes that ended meanwhile."""
        used = 0.0
        for head in self.heads:
            times = head.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
            for child in head.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    own = child.cpu_times()
                    used += own.user + own.system
        return used


@contextmanager
def _running(scene: Scene) -> Iterator[Programs]:
    """`truong web` with four processes and `truong worker`."""
    settings = scene.run.settings
    told = {"DATABASE_URL": scene.db.url, "SECRET_KEY": settings.secret_key, "VAR": str(settings.var),
            "BASE_URL": f"http://127.0.0.1:{PORT}"}  # fmt: skip
    environment = {**os.environ, **{f"TRUONG_{name}": value for name, value in told.items()}}
    commands = (["web", "--bind", f"127.0.0.1:{PORT}", "--workers", str(WORKERS)], ["worker"])
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "core.cli", *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for words in commands
    ]
    try:
        await_health(PORT)
        server = int((scene.run.folder / "data" / "postmaster.pid").read_text().split()[0])
        yield Programs(tuple(psutil.Process(one) for one in (server, *(p.pid for p in started))))
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(40)
