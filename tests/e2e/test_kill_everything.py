"""Web, worker and database die without warning, again and again, while money comes in.

Whatever was confirmed is there in the end, once.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import select, text

from core.data.embedded import database_url, start_embedded
from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import channels, ledger
from core.payments.accounts import CASH
from core.payments.accounts import bank as bank_account
from core.people.services import create_person
from core.school.models import School
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.web.app import bind
from tests.conftest import SHORT_SOAK
from tests.integrations.bank_notices.samples import ACCOUNT, mac, sepay_fields
from tests.integrations.bank_notices.samples import SECRET as BANK_SECRET

from .conftest import PASSWORD
from .programs import SECRET, Installation, until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
SYSTEM = system_actor("test")
KILLS = 3 if SHORT_SOAK else 40
CLIENTS = 4
AMOUNT = 10_000
VICTIMS = ("web", "worker", "database")


@dataclass
class House:
    """The installation, one school in it, and who restarts what has died, as systemd would."""

    made: Installation
    db: Database
    school: UUID
    person: UUID
    channel: UUID
    over: threading.Event = field(default_factory=threading.Event)

    def kill(self, victim: str) -> None:
        """SIGKILL to a program with all its processes, or to the head of the database."""
        if victim == "database":
            head = int((self.made.var / "postgres" / "postmaster.pid").read_text().split()[0])
        else:
            head = self.made.running[victim].pid
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(head)
            family = [process, *process.children(recursive=True)] if victim != "database" else [process]
            for one in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            psutil.wait_procs(family, timeout=20)

    def watch(self) -> None:
        """Start again whatever has ended."""
        while not self.over.wait(0.2):
            if not self._database_runs():
                self.made.truong("db", "upgrade")
            self.revive()

    def revive(self) -> None:
        """Start the programs that have ended."""
        programs = {"web": ("web", "--bind", self.made.web.removeprefix("http://")), "worker": ("worker",)}
        for name, words in programs.items():
            if self.made.running[name].poll() is not None:
                self.made.start(name, "core.cli", *words)

    def _database_runs(self) -> bool:
        file = self.made.var / "postgres" / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return bool(psutil.Process(int(file.read_text().split()[0])).status() != psutil.STATUS_ZOMBIE)
        return False


@pytest.fixture
def house(registry: Registry) -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="truong-kill-"))
    folder.chmod(0o755)
    made = Installation(folder / "var")
    try:
        made.truong("db", "upgrade")
        school = ("HOAPHUONG", "Trường THCS Hoa Phượng", "--level", "lower_secondary", "--prefix", "TRH")
        made.truong("school", "create", *school, "--year", "2026-2027")
        account = ("ketoan", "Trần Thu Lan", "--role", "accountant", "--school", "HOAPHUONG", "--password", PASSWORD)
        made.truong("account", "create", *account)
        bind(InstanceSettings(secret_keys=(SECRET,), var=made.var), registry)
        db = Database(database_url(start_embedded(made.var / "postgres"), "truong", "truong_app"))
        with closing(db):
            with db.all_schools(SYSTEM) as everything:
                school_id = everything.session.scalars(select(School.id)).one()
            with db.context(SYSTEM, school_id) as ctx:
                person = create_person(ctx, "Nguyễn Bé An")
                notices = {"style": "sepay", "secret": BANK_SECRET, "account_number": ACCOUNT}
                channel = channels.configure(ctx, "bank_notices", notices)
            made.start_product()
            yield House(made, db, school_id, person, channel)
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Client:
    """Sends each payment until it is confirmed: cash by the API, a transfer by a notice of the bank, in turn."""

    def __init__(self, house: House, number: int) -> None:
        self._house, self._number = house, number
        self._token = ""
        self.cash = self.transfers = 0

    def run(self) -> None:
        at = 0
        while not self._house.over.is_set():
            at += 1
            key = f"{self._number}-{at}"
            if at % 2:
                until(lambda key=key: self._collect(key), f"cash {key} is taken", 120)  # type: ignore[misc]
                self.cash += 1
            else:
                notice = self._notice(self._number * 1_000_000 + at)
                until(lambda notice=notice: self._tell(notice), f"transfer {key} is heard", 120)  # type: ignore[misc]
                self.transfers += 1

    def _collect(self, key: str) -> bool | None:
        if not self._token:
            found = self._send("/api/v1/session", {"login": "ketoan", "password": PASSWORD}, {})
            self._token = found["token"] if found else ""
            return None
        body = {"person_id": str(self._house.person), "amount": AMOUNT}
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        return True if self._send("/api/v1/payments/cash", body, headers) else None

    def _notice(self, number: int) -> bytes:
        moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        changes = {"transferAmount": AMOUNT, "referenceCode": f"FT{number}", "transactionDate": moment}
        return json.dumps(sepay_fields(id=number, content="hoc phi", **changes)).encode()

    def _tell(self, body: bytes) -> bool | None:
        stamp = str(int(datetime.now(UTC).timestamp()))
        signed = {"x-sepay-timestamp": stamp, "x-sepay-signature": "sha256=" + mac(stamp.encode() + b"." + body)}
        return True if self._send(f"/notices/{self._house.channel}", body, signed) else None

    def _send(self, path: str, body: object, headers: dict[str, str]) -> dict[str, str] | None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self._house.made.web + path, data, {"Content-Type": "application/json", **headers}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            error.read()
            assert error.code >= 500 or error.code in (409, 429), f"{path} answered {error.code}"
        except (OSError, ValueError):
            pass  # nothing listens, or the answer was cut off: nothing was confirmed
        return None


def test_nothing_confirmed_is_lost_and_nothing_is_booked_twice(house: House) -> None:
    pick = random.Random(20261122)
    clients = [Client(house, number) for number in range(1, CLIENTS + 1)]
    failures: list[BaseException] = []

    def guarded(work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (house.watch, *(c.run for c in clients))]
    for thread in threads:
        thread.start()
    try:
        for turn in range(KILLS):
            before = sum(client.cash + client.transfers for client in clients)
            threading.Event().wait(pick.uniform(0.3, 2.5))
            house.kill(VICTIMS[turn % len(VICTIMS)])
            until(lambda least=before + CLIENTS: True if _confirmed(clients) >= least or failures else None,  # type: ignore[misc]
                  "work goes on after a kill", 120)  # fmt: skip
            assert not failures, failures
    finally:
        house.over.set()
        for thread in threads:
            thread.join(150)
    assert not failures, failures
    cash, transfers = sum(c.cash for c in clients), sum(c.transfers for c in clients)
    house.made.truong("db", "upgrade")  # whatever was killed last
    house.revive()
    house.db.engine.dispose()  # connections of this test to a database that is no more
    until(lambda: _settled(house), "every notice is booked", 120)
    with house.db.context(SYSTEM, house.school) as ctx:
        balances = ledger.trial_balance(ctx)
    assert sum(balances.values()) == 0
    assert balances[CASH] == cash * AMOUNT
    assert balances[bank_account(ACCOUNT)] == transfers * AMOUNT
    house.made.truong("ledger", "verify")
    house.made.truong("audit", "verify")


def _confirmed(clients: list[Client]) -> int:
    return sum(client.cash + client.transfers for client in clients)


def _settled(house: House) -> bool | None:
    query = text("SELECT count(*) FROM core_provider_inbox WHERE state <> 'processed'")
    with house.db.all_schools(SYSTEM) as ctx:
        return True if ctx.session.scalar(query) == 0 else None
