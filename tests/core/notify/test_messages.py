"""Messages: written with the change, read in the inbox, carried outside by channels, neither lost nor sent twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.data.session import Database
from core.identity.models import Account, AccountPerson
from core.kernel.registry import Registry, collect
from core.kernel.states import Loaded
from core.notify import channels, choices, inbox, receipts
from core.notify.quiet import send_at
from core.notify.services import tell_accounts, tell_families, tell_persons
from core.people.services import create_person, relate
from core.sdk import Context, Manifest, hookimpl
from core.sdk import settings as sdk_settings
from core.sdk.channels import Forged, HttpAnswer, HttpFailure, NotificationChannel
from core.sdk.errors import NotFound
from core.sdk.testing.fixtures import as_worker
from core.sdk.testing.http import StubHttp
from core.settings import bind as bind_settings
from core.types.actor import Actor
from core.types.ids import new_id
from core.types.message import Message, _
from core.web.core_plugin import CORE_PLUGINS
from core.work.worker import Worker
from tests.contracts.test_channel_contract import CONFIG, Sms, _callback

TITLE, BODY = Message("Hello"), Message("Bills of %(title)s", {"title": "tháng 11"})
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class SmsPlugin:
    @hookimpl
    def provide_notification_channels(self) -> list[NotificationChannel]:
        return [Sms()]


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(hour=5) + timedelta(days=1)

    def __call__(self) -> datetime:
        return self.now


class Service:
    """The other side: counts what it is sent, answers as it is told."""

    def __init__(self) -> None:
        self.down = 0
        self.refuses = False
        self.taken: dict[str, str] = {}
        self.calls = 0

    def answer(self, body: bytes) -> HttpAnswer:
        self.calls += 1
        if self.down:
            self.down -= 1
            raise HttpFailure("no answer")
        if self.refuses:
            return HttpAnswer(400, {}, b'{"error": "blocked"}')
        asked = json.loads(body)
        self.taken[asked["id"]] = asked["text"]
        return HttpAnswer(200, {}, json.dumps({"number": asked["id"], "cost": 350}).encode())


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(db: Database, registry: Registry, service: Service, clock: Clock) -> Iterator[Worker]:
    """A program with a channel for short messages."""
    manifest = Manifest("sms", "1", _("Cancel"), ">=0", scope="instance", outbound_hosts=("sms.example",))
    loaded = Loaded("sms", "tests", builtin=False, manifest=manifest, plugin=SmsPlugin())
    with_channel = collect([loaded], CORE_PLUGINS)
    assert loaded.usable, loaded.diagnosis
    bind_settings(with_channel)
    channels.bind(with_channel.notification_channels(), StubHttp(service.answer))
    yield Worker(as_worker(db), with_channel, clock)
    channels.bind({})
    bind_settings(registry)


@pytest.fixture
def mother(db: Database, school: UUID, system: Actor, worker: Worker) -> UUID:
    """A guardian of two children, with a telephone; the school uses the channel."""
    with db.context(system, school) as ctx:
        mother = create_person(ctx, "Trần Thị Mẹ", phones=["+84900000001"])
        for name in ("Nguyễn Văn Anh", "Nguyễn Thị Em"):
            relate(ctx, mother, create_person(ctx, name), "mother")
        sdk_settings.put(ctx, "sms.key", CONFIG["key"])
        sdk_settings.put(ctx, "sms.on", True)
    return mother


def _tell(ctx: Context, mother: UUID, key: str | None = None) -> int:
    children = list(ctx.session.execute(text("SELECT related_id FROM core_relation")).scalars())
    return tell_families(ctx, children, "finance.bill.issued", TITLE, BODY, url="/", key=key)


def _deliveries(ctx: Context) -> list[tuple[str, int, str]]:
    query = "SELECT state, tries, reason FROM core_message_delivery ORDER BY id"
    return [tuple(row) for row in ctx.session.execute(text(query))]


def _drain(worker: Worker) -> None:
    for _round in range(4):
        for outcome in worker.drain(50):
            assert outcome.state == "done", outcome.error


def _reader(mother: UUID | None, account: UUID) -> Actor:
    return Actor("account", "Mẹ", account, mother, permissions=frozenset({"core.home.see"}))


def test_a_message_is_read_once_by_the_one_it_is_for(
    db: Database, school: UUID, other_school: UUID, system: Actor, mother: UUID
) -> None:
    with db.context(system, school) as ctx:
        assert _tell(ctx, mother, key="round") == 1, "one message for a mother of two"
        assert _tell(ctx, mother, key="round") == 0, "the same message again"
    me, stranger = _reader(mother, new_id()), _reader(new_id(), new_id())
    with db.context(me, school) as ctx:
        assert inbox.unread(ctx) == 1
        [entry] = inbox.entries(ctx)
        assert (str(entry.text), entry.read) == ("Bills of tháng 11", False)
        assert inbox.read(ctx, entry.id).url == "/"
        assert inbox.unread(ctx) == 0
        assert inbox.entries(ctx)[0].read
    with db.context(stranger, school) as ctx:
        assert inbox.entries(ctx) == []
        with pytest.raises(NotFound):
            inbox.read(ctx, entry.id)
    with db.context(me, other_school) as ctx:
        assert inbox.entries(ctx) == []


def test_what_is_rolled_back_was_never_said(
    db: Database, school: UUID, system: Actor, mother: UUID, worker: Worker, service: Service
) -> None:
    with pytest.raises(RuntimeError), db.context(system, school) as ctx:
        tell_persons(ctx, [mother], "x.y.z", TITLE, BODY)
        raise RuntimeError
    _drain(worker)
    assert service.calls == 0


def test_a_channel_that_is_down_is_tried_again_with_the_same_message(
    db: Database, school: UUID, system: Actor, mother: UUID, worker: Worker, service: Service, clock: Clock
) -> None:
    service.down = 2
    with db.context(system, school) as ctx:
        _tell(ctx, mother)
    for _time in range(3):
        _drain(worker)
        clock.now += timedelta(minutes=10)
    assert service.calls == 3
    assert list(service.taken.values()) == ["Bills of tháng 11"]
    with db.context(system, school) as ctx:
        assert _deliveries(ctx) == [("accepted", 3, "")]


def test_a_number_that_refuses_is_not_asked_again(
    db: Database, school: UUID, system: Actor, mother: UUID, worker: Worker, service: Service, clock: Clock
) -> None:
    service.refuses = True
    with db.context(system, school) as ctx:
        _tell(ctx, mother)
    _drain(worker)
    clock.now += timedelta(hours=1)
    _drain(worker)
    assert service.calls == 1
    with db.context(system, school) as ctx:
        assert _deliveries(ctx) == [("declined", 1, "blocked")]


def test_nothing_rings_at_night(
    db: Database, school: UUID, system: Actor, mother: UUID, worker: Worker, service: Service, clock: Clock
) -> None:
    clock.now = clock.now.replace(hour=16, minute=0)  # eleven in the evening in Viet Nam
    with db.context(system, school) as ctx:
        _tell(ctx, mother)
    _drain(worker)
    assert service.calls == 0
    clock.now += timedelta(hours=8)
    _drain(worker)
    assert service.calls == 1


def test_who_said_no_is_not_sent_anything(
    db: Database, school: UUID, system: Actor, mother: UUID, worker: Worker, service: Service
) -> None:
    account = new_id()
    with db.all_schools(system) as ctx:
        ctx.session.add(Account(id=account, login="me", name="Mẹ", password_hash=None, last_sign_in_at=None,
                                password_changed_at=None))  # fmt: skip
        ctx.session.flush()
        ctx.session.add(AccountPerson(account_id=account, school_id=school, person_id=mother))
    with db.context(_reader(mother, account), school) as ctx:
        assert [(w.channel, w.wanted) for w in choices.wishes(ctx)] == [("sms", True)]
        choices.choose(ctx, "sms", wanted=False)
        with pytest.raises(NotFound):
            choices.choose(ctx, "pigeon", wanted=True)
    with db.context(system, school) as ctx:
        _tell(ctx, mother)
        tell_accounts(ctx, [account], "x.y.z", TITLE, BODY)
    _drain(worker)
    assert service.calls == 0
    with db.context(_reader(mother, account), school) as ctx:
        assert inbox.unread(ctx) == 2


def test_receipts_are_verified_and_never_go_back(
    db: Database, school: UUID, system: Actor, mother: UUID, worker: Worker, service: Service
) -> None:
    with db.context(system, school) as ctx:
        _tell(ctx, mother)
    _drain(worker)
    [reference] = service.taken
    stamp = int(NOON.timestamp())

    def tell(state: str, key: str = CONFIG["key"]) -> object:
        body = json.dumps([{"number": reference, "state": state, "at": stamp}]).encode()
        with db.context(system, school) as ctx:
            return receipts.take(ctx, "sms", _callback(body, key))

    assert isinstance(tell("failed", key="guess"), Forged)
    for state in ("delivered", "read", "delivered", "failed"):
        tell(state)
    with db.context(system, school) as ctx:
        assert [row[0] for row in _deliveries(ctx)] == ["read"]


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "expected"),
    [(15, 21, 6, 23), (3, 21, 6, None), (14, 21, 6, 23), (13, 21, 6, None), (22, 21, 6, 23), (23, 21, 6, None),
     (5, 12, 14, 7), (7, 12, 14, None), (5, 9, 9, None)],
)  # fmt: skip
def test_quiet_hours(hour: int, begins: int, ends: int, expected: int | None) -> None:
    found = send_at(NOON.replace(hour=hour), begins, ends)
    assert (found.hour if found else None) == expected
