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
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from core.data.embedded import database_url, start_embedded
from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import attempts, channels, charges, ledger
from core.payments.accounts import CASH, clearing
from core.payments.accounts import bank as bank_account
from core.payments.attempts import Started
from core.payments.charges import NewCharge
from core.people.services import create_person
from core.school.models import School
from core.settings.instance import InstanceSettings
from core.types.actor import system_actor
from core.types.clock import utc_now
from core.types.ids import new_id
from core.web.app import bind
from integrations.zalopay.numbers import transaction
from tests.conftest import SHORT_SOAK
from tests.integrations.bank_notices.samples import ACCOUNT, mac, sepay_fields
from tests.integrations.bank_notices.samples import SECRET as BANK_SECRET
from tests.integrations.momo import samples as momo
from tests.integrations.vnpay import samples as vnpay
from tests.integrations.zalopay import samples as zalopay

from .conftest import PASSWORD
from .programs import SECRET, Installation, free_port, until

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]
SYSTEM = system_actor("test")
KILLS = 3 if SHORT_SOAK else 40
CLIENTS = 4
AMOUNT = 10_000
VICTIMS = ("web", "worker", "database")
REDIRECT = ("vnpay", "momo", "zalopay")
WAYS = ("cash", "bank_notices", *REDIRECT)
"""What each client does in turn."""


@dataclass
class House:
    """The installation, one school in it, and who restarts what has died, as systemd would."""

    made: Installation
    db: Database
    school: UUID
    person: UUID
    payer: UUID
    """Another one, who pays bills over the services: cash must not have paid them before."""
    rails: dict[str, UUID]
    """Channels by provider."""
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
                person, payer = create_person(ctx, "Nguyễn Bé An"), create_person(ctx, "Nguyễn Bé Bình")
                rails = {name: channels.configure(ctx, name, config) for name, config in _configs().items()}
            made.start_product()
            yield House(made, db, school_id, person, payer, rails)
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _configs() -> dict[str, dict[str, str]]:
    """The rails of the school. Nobody answers at the services' own addresses: only their notices tell."""
    nobody = f"http://127.0.0.1:{free_port()}"
    return {
        "bank_notices": {"style": "sepay", "secret": BANK_SECRET, "account_number": ACCOUNT},
        "vnpay": {**vnpay.CONFIG, "api_url": nobody},
        "momo": {**momo.CONFIG, "api_url": nobody},
        "zalopay": {**zalopay.CONFIG, "api_url": nobody},
    }


class Client:
    """Sends each payment until it is confirmed, in turn by each way: cash by the API, the others by their notices."""

    def __init__(self, house: House, number: int) -> None:
        self._house, self._number = house, number
        self._token = ""
        self.confirmed: Counter[str] = Counter()

    def run(self) -> None:
        at = 0
        while not self._house.over.is_set():
            at += 1
            key, way = f"{self._number}-{at}", WAYS[at % len(WAYS)]
            send = partial(self._collect, key) if way == "cash" else self._telling(way, self._number * 1_000_000 + at)
            until(send, f"{way} {key} is taken", 120)
            self.confirmed[way] += 1

    def _telling(self, way: str, number: int) -> Callable[[], bool | None]:
        """What tells of a payment; over a service it is begun before."""
        if way == "bank_notices":
            return partial(self._tell, self._transfer(number))
        started = until(self._begin_by(way), f"a payment by {way} is begun", 120)
        reference = started.reference
        match way:
            case "vnpay":
                amount = str(AMOUNT * 100)
                fields = vnpay.ipn_fields(TxnRef=reference, Amount=amount, TransactionNo=str(number))
                return partial(self._ask, f"/notices/{self._house.rails[way]}?{vnpay.signed_query(fields)}")
            case "momo":
                told = momo.ipn(orderId=reference, amount=AMOUNT, transId=number)
            case _:
                order = transaction(reference, started.expires_at - attempts.LIFETIME)
                told = zalopay.callback(app_trans_id=order, amount=AMOUNT, zp_trans_id=number)
        return partial(self._say, way, told.body)

    def _begin_by(self, way: str) -> Callable[[], Started | None]:
        def begin() -> Started | None:
            house = self._house
            try:
                with house.db.context(SYSTEM, house.school) as ctx:
                    charge = charges.open(ctx, "test", NewCharge(house.payer, new_id(), AMOUNT, utc_now().date()))
                    return attempts.start(ctx, house.rails[way], [charge], key=str(new_id()))
            except SQLAlchemyError:
                return None  # the database is away: another bill

        return begin

    def _say(self, way: str, body: bytes, headers: dict[str, str] | None = None) -> bool | None:
        return True if self._send(f"/notices/{self._house.rails[way]}", body, headers or {}) is not None else None

    def _ask(self, path: str) -> bool | None:
        return True if self._send(path, None, {}) is not None else None

    def _collect(self, key: str) -> bool | None:
        if not self._token:
            found = self._send("/api/v1/session", {"login": "ketoan", "password": PASSWORD}, {})
            self._token = found["token"] if found else ""
            return None
        body = {"person_id": str(self._house.person), "amount": AMOUNT}
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        return True if self._send("/api/v1/payments/cash", body, headers) else None

    def _transfer(self, number: int) -> bytes:
        moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        changes = {"transferAmount": AMOUNT, "referenceCode": f"FT{number}", "transactionDate": moment}
        return json.dumps(sepay_fields(id=number, content="hoc phi", **changes)).encode()

    def _tell(self, body: bytes) -> bool | None:
        stamp = str(int(datetime.now(UTC).timestamp()))
        signed = {"x-sepay-timestamp": stamp, "x-sepay-signature": "sha256=" + mac(stamp.encode() + b"." + body)}
        return self._say("bank_notices", body, signed)

    def _send(self, path: str, body: object, headers: dict[str, str]) -> dict[str, str] | None:
        """What was answered; None when nothing was confirmed. No body makes it a GET."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self._house.made.web + path, data, {"Content-Type": "application/json", **headers}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                said = answer.read()
                return dict(json.loads(said)) if said else {}
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
            before = _confirmed(clients)
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
    confirmed = sum((client.confirmed for client in clients), Counter[str]())
    house.made.truong("db", "upgrade")  # whatever was killed last
    house.revive()
    house.db.engine.dispose()  # connections of this test to a database that is no more
    until(lambda: _settled(house), "every notice is booked", 120)
    with house.db.context(SYSTEM, house.school) as ctx:
        balances = ledger.trial_balance(ctx)
    assert sum(balances.values()) == 0
    accounts = {CASH: "cash", bank_account(ACCOUNT): "bank_notices", **{clearing(name): name for name in REDIRECT}}
    assert {way: balances[account] for account, way in accounts.items()} == {w: confirmed[w] * AMOUNT for w in WAYS}
    house.made.truong("ledger", "verify")
    house.made.truong("audit", "verify")


def _confirmed(clients: list[Client]) -> int:
    return sum(client.confirmed.total() for client in clients)


def _settled(house: House) -> bool | None:
    query = text("SELECT count(*) FROM core_provider_inbox WHERE state <> 'processed'")
    with house.db.all_schools(SYSTEM) as ctx:
        return True if ctx.session.scalar(query) == 0 else None
