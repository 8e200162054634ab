"""What other processes of the tests do: `python -m tests.core.payments.other_process STEP URL CHANNEL FILE [MOMENT]`.

`receive` takes a message in, `work` runs the worker until nothing is due. With a moment the process is killed there, as
by `kill -9`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from core.data.session import Database
from core.payments import inbox, providers
from core.payments.port import FactKind, Notice
from core.sdk.testing.fixtures import as_worker
from core.settings import Keyring, use_keys
from core.work import leases
from core.work.worker import Worker

from .fake import FakeProvider, NoHttp, fact
from .world import registry

STATEMENTS = {
    "before the inbox": b"INSERT INTO core_provider_inbox",
    "between inbox and job": b"INSERT INTO core_job",
    "before the evidence": b"INSERT INTO core_evidence",
    "between evidence and posting": b"INSERT INTO core_journal_entry",
    "between posting and allocation": b"WITH has AS",
}
TAKEN = "orders.txt"
"""What the service has taken, beside the file of the message: it remembers, whoever of us dies."""


def main(step: str, url: str, channel: str, file: str, moment: str = "") -> None:
    use_keys(Keyring(["k" * 40]))
    pay, bank = Service(Path(file).with_name(TAKEN), moment), FakeProvider("fakebank", flow="transfer")
    providers.bind({"fakepay": pay, "fakebank": bank}, NoHttp())
    db = Database(url, pool_size=2)
    if moment in STATEMENTS:
        dies_before_statement(STATEMENTS[moment])
    elif moment:
        dies_around_commit(moment)
    if step == "receive":
        print(receive(db, UUID(channel), Path(file)))  # noqa: T201  (the parent reads it)
    else:
        Worker(as_worker(db), registry()).drain()
        as_worker(db).close()
    db.close()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before_statement(begins: bytes) -> None:
    """The first statement with these words is never sent; some go by SQLAlchemy, some straight to the driver."""

    def guarded(execute: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
            if begins in (query if isinstance(query, bytes) else str(query).encode()):
                die()
            return execute(self, query, *rest, **more)

        return run

    for place in (psycopg.Connection, psycopg.Cursor):
        place.execute = guarded(place.execute)  # type: ignore[method-assign]


def dies_around_commit(moment: str) -> None:
    """Before or after the commit of a message, or of the job that books it."""
    commit, done = psycopg.Connection.commit, leases.done

    def committed(connection: psycopg.Connection[Any]) -> None:
        if moment == "before the commit of the inbox":
            die()
        commit(connection)
        if moment == "after the commit, before the answer":
            die()

    def ended(connection: Any, lease: leases.Lease, **more: Any) -> bool:
        booking = lease.task == inbox.PROCESS
        if booking and moment == "before the commit of the booking":
            die()
        kept = done(connection, lease, **more)
        if booking and moment == "after the commit of the booking":
            die()
        return kept

    if "booking" in moment:
        leases.done = ended
    elif "refund" not in moment:
        psycopg.Connection.commit = committed  # type: ignore[method-assign, assignment]


class Service(FakeProvider):
    """A service that writes down which orders it has taken, before anybody can die of it."""

    def __init__(self, taken: Path, moment: str) -> None:
        super().__init__()
        self._taken, self._moment = taken, moment

    def refund(self, order: Any, attempt: Any, config: Any, http: Any) -> Any:
        if self._moment == "before the service takes a refund":
            die()
        with self._taken.open("a") as book:
            book.write(f"{order.id}\n")
        if self._moment == "after the service took a refund":
            die()
        return (fact(FactKind.REFUNDED, "R1", order.amount, reference=attempt.reference),)


def receive(db: Database, channel: UUID, file: Path) -> str:
    raw = json.loads(file.read_text())
    message = Notice(
        "POST", b"", {"x-signature": raw["signature"]}, raw["body"].encode(), datetime.fromisoformat(raw["at"])
    )
    return inbox.receive_at(db, providers.installed(), channel, message).body


if __name__ == "__main__":
    main(*sys.argv[1:])
