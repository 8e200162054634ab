"""What other processes of the tests do: `python -m tests.core.payments.other_process STEP URL CHANNEL FILE`.

`receive` takes a message in, `work` runs the worker until nothing is due, `die` is killed in the middle of booking.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from core.data.session import Database
from core.payments import inbox, providers
from core.payments.port import Notice
from core.settings import Keyring, use_keys
from core.work.worker import Worker

from .fake import FakeProvider, NoHttp
from .world import registry


def main(step: str, url: str, channel: str, file: str) -> None:
    use_keys(Keyring(["k" * 40]))
    pay, bank = FakeProvider(), FakeProvider(name="fakebank", flow="transfer", supports_query=False)
    providers.bind({"fakepay": pay, "fakebank": bank}, NoHttp())
    db = Database(url, pool_size=2)
    if step == "receive":
        print(receive(db, UUID(channel), Path(file)))  # noqa: T201  (the parent reads it)
    elif step == "die":
        psycopg.Connection.execute = dies_booking  # type: ignore[method-assign, assignment]
    if step != "receive":
        Worker(db, registry()).drain()
    db.close()


_EXECUTE = psycopg.Connection.execute


def dies_booking(connection: Any, query: bytes | str, *rest: Any, **more: Any) -> Any:
    """Postings go straight to the driver (`core.data.direct`)."""
    if b"INSERT INTO core_journal_entry" in (query if isinstance(query, bytes) else query.encode()):
        os.kill(os.getpid(), signal.SIGKILL)
    return _EXECUTE(connection, query.encode() if isinstance(query, str) else query, *rest, **more)


def receive(db: Database, channel: UUID, file: Path) -> str:
    raw = json.loads(file.read_text())
    message = Notice(
        "POST", b"", {"x-signature": raw["signature"]}, raw["body"].encode(), datetime.fromisoformat(raw["at"])
    )
    return inbox.receive_at(db, providers.installed(), channel, message).body


if __name__ == "__main__":
    main(*sys.argv[1:])
