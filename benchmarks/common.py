"""What every benchmark needs: a server of its own, migrated databases, and fair measuring in one run."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from sqlalchemy import create_engine

from core.data.ddl import PREPARE_DATABASE
from core.data.embedded import create_database, database_url, start_embedded
from core.kernel import migrations
from core.kernel.registry import Registry
from core.settings.instance import InstanceSettings
from core.web.app import bind, load_registry

SETTINGS = InstanceSettings(
    secret_keys=("for-benchmarks-only-" * 3,), base_url="http://localhost", secure_cookies=False
)


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line: `value` against `goal`; both in `unit`."""

    name: str
    value: float
    goal: str
    reached: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: the embedded server, the program's parts, a folder to write to."""

    server: str
    registry: Registry
    settings: InstanceSettings
    folder: Path
    scale: float

    def database(self, name: str) -> str:
        """The application's address of a fresh, migrated database."""
        create_database(self.server, name)
        for role in ("postgres", "truong_owner"):
            engine = create_engine(database_url(self.server, name, role))
            with engine.begin() as connection:
                if role == "postgres":
                    for statement in PREPARE_DATABASE:
                        connection.exec_driver_sql(statement)
                else:
                    for chain in migrations.chains(self.registry.plugins):
                        migrations.upgrade(connection, chain)
            engine.dispose()
        return database_url(self.server, name, "truong_app")


@contextmanager
def bench(scale: float = 1.0) -> Iterator[Bench]:
    """Start a server in a temporary folder; `scale` below 1 shrinks the amounts for a quick look."""
    with tempfile.TemporaryDirectory(prefix="truong-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.chmod(folder, 0o755)
        server = start_embedded(folder / "data", keep_running=False)
        from dataclasses import replace

        settings = replace(SETTINGS, var=folder / "var")
        registry = load_registry(settings)
        bind(settings, registry)
        yield Bench(server, registry, settings, folder, scale)


def rates(subjects: Sequence[Callable[[], object]], *, rounds: int = 7, seconds: float = 0.4) -> list[float]:
    """Calls a second of each subject: interleaved rounds, the median of each, so that noise hits all alike."""
    counts: list[list[float]] = [[] for _ in subjects]
    for subject in subjects:
        for _ in range(20):
            subject()
    for _ in range(rounds):
        for subject, found in zip(subjects, counts, strict=True):
            calls, begin = 0, time.perf_counter()
            while (now := time.perf_counter()) - begin < seconds:
                subject()
                calls += 1
            found.append(calls / (now - begin))
    return [statistics.median(found) for found in counts]


def costs(
    subjects: Sequence[Callable[[], object]], servers: Sequence[int], *, rounds: int = 15, calls: int = 40
) -> list[float]:
    """Seconds of the processor that a call takes here and in the database: whoever else uses the machine is no part.

    Args:
        servers: process ids of the database's side of the connections that the subjects use.
    """

    def now() -> float:
        return time.process_time() + sum(map(processor, servers))

    found: list[list[float]] = [[] for _ in subjects]
    for subject in subjects:
        for _ in range(calls):
            subject()
    for _ in range(rounds):
        for subject, taken in zip(subjects, found, strict=True):
            began = now()
            for _ in range(calls):
                subject()
            taken.append((now() - began) / calls)
    return [statistics.median(taken) for taken in found]


def processor(process: int) -> float:
    """Seconds that a process has had of the processor (Linux, in nanoseconds)."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def private_memory(process: int) -> Iterator[list[float]]:
    """What a process holds for itself, in MB, looked at ten times a second (Linux; without what servers share)."""
    held, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            status = Path(f"/proc/{process}/status").read_text()
            held.append(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) / 1024)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def peak_memory_mb() -> float:
    """Highest resident size of this process so far, in MB (Linux gives kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def await_health(port: int) -> None:
    """Wait until the server that was started on loopback answers; two minutes at most."""
    for _ in range(1200):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
