"""Messages to a real receiver: verified with the library of the specification, retried, stopped, sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from core.data.session import Database
from core.kernel.registry import Registry
from core.sdk import events
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.types.errors import Forbidden, Invalid, NotFound
from core.types.ids import new_id
from core.webhooks import delivery, endpoints, messages
from core.webhooks.delivery import WAITS
from core.work.worker import Worker

from .conftest import Receiver


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker(db: Database, registry: Registry, clock: Clock) -> Iterator[Worker]:
    yield Worker(as_worker(db), registry, clock)


@pytest.fixture
def event(registry: Registry) -> str:
    """Some event that may leave the program, with one field."""
    return next(kind.name for kind in registry.event_types().values() if kind.outside and kind.payload)


def test_a_message_verifies_with_the_library_of_the_specification(
    db: Database, school: UUID, system: Actor, other_system: Receiver, worker: Worker, registry: Registry, event: str
) -> None:
    kind = registry.event_types()[event]
    payload = {name: str(new_id()) for name in kind.payload}
    with db.context(system, school) as ctx:
        made = endpoints.make(ctx, other_system.url(), [event])
        events.emit(ctx, event, {**payload, "name": "Nguyễn Văn An"})
    worker.drain()
    call = other_system.call()
    told = Webhook(made.key).verify(call.body, {name.lower(): value for name, value in call.headers.items()})
    assert told == {
        "type": event,
        "timestamp": told["timestamp"],
        "school_id": str(school),
        "data": payload,
    }, "what is not declared does not leave the program"
    assert datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    with pytest.raises(WebhookVerificationError):
        Webhook(made.key).verify(call.body + b" ", {name.lower(): value for name, value in call.headers.items()})
    with db.context(system, school) as ctx:
        sent = messages.sent(ctx, made.id)
        assert [(one.state, one.tries, one.event) for one in sent] == [("delivered", 1, event)]
        _sent, _endpoint, body, tries = messages.message(ctx, sent[0].id)
        assert body.encode() == call.body
        assert [(one.status, one.fault) for one in tries] == [(204, "")]
        assert call.headers["webhook-id"] == delivery.name_of(sent[0].id)


def test_both_secrets_are_valid_for_a_day_after_a_rotation(
    db: Database, school: UUID, system: Actor, other_system: Receiver, worker: Worker, clock: Clock, event: str
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        old = endpoints.make(ctx, other_system.url(), [event])
        new = endpoints.rotate(ctx, old.id)
        messages.ping(ctx, old.id)
    worker.drain()
    call = other_system.call()
    headers = {name.lower(): value for name, value in call.headers.items()}
    for made in (old, new):
        Webhook(made.key).verify(call.body, headers)
    assert json.loads(call.body)["type"] == messages.PING
    clock.now += timedelta(hours=25)
    with db.context(system, school, clock=clock) as ctx:
        messages.ping(ctx, old.id)
        stored = ctx.session.execute(text("SELECT secret, old_secret FROM core_webhook_endpoint")).one()
    assert not any("whsec_" in value for value in stored), "encrypted at rest"
    worker.drain()
    assert other_system.call().headers["webhook-signature"].count("v1,") == 1


def test_ed25519_signatures_are_checked_with_the_public_key(
    db: Database, school: UUID, system: Actor, other_system: Receiver, worker: Worker, event: str
) -> None:
    from base64 import b64decode

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    with db.context(system, school) as ctx:
        made = endpoints.make(ctx, other_system.url(), [event], scheme="v1a")
        assert endpoints.endpoint(ctx, made.id).public_key == made.key
        messages.ping(ctx, made.id)
    worker.drain()
    call = other_system.call()
    scheme, _comma, signature = call.headers["webhook-signature"].partition(",")
    assert (scheme, made.key[:5]) == ("v1a", "whpk_")
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.body
    Ed25519PublicKey.from_public_bytes(b64decode(made.key[5:])).verify(b64decode(signature), signed)


def test_failures_are_retried_with_the_recommended_waits_and_then_stop_the_address(
    db: Database, school: UUID, system: Actor, other_system: Receiver, worker: Worker, clock: Clock, event: str
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        made = endpoints.make(ctx, other_system.url("/hook/500"), [event])
        events.emit(ctx, event, {})
    worker.drain()
    ids = {other_system.call().headers["webhook-id"]}
    for tries, planned in enumerate(WAITS, start=1):
        with db.context(system, school) as ctx:
            (one,) = messages.sent(ctx, made.id)
            assert (one.state, one.tries) == ("pending", tries)
            assert one.next_at is not None
            assert 0.89 < (one.next_at - clock.now) / planned < 1.11
            clock.now = one.next_at
        worker.drain()
        ids.add(other_system.call().headers["webhook-id"])
    assert len(ids) == 1, "one message keeps its id over all tries"
    with db.context(system, school, clock=clock) as ctx:
        assert [(one.state, one.tries) for one in messages.sent(ctx, made.id)] == [("failed", 10)]
        assert endpoints.endpoint(ctx, made.id).stopped == "", "three days of failures are not five"
        clock.now += timedelta(days=3)
        events.emit(ctx, event, {})
    worker.drain()
    other_system.call()
    with db.context(system, school, clock=clock) as ctx:
        assert endpoints.endpoint(ctx, made.id).stopped == "failing"
        endpoints.change(ctx, made.id, other_system.url(), [event])
        endpoints.start(ctx, made.id)
        assert messages.replay_since(ctx, made.id, clock.now - timedelta(days=7)) == 2
    worker.drain()
    assert {other_system.call().headers["webhook-id"] for _ in range(2)} > ids
    with db.context(system, school) as ctx:
        assert {one.state for one in messages.sent(ctx, made.id)} == {"delivered"}


def test_gone_stops_at_once_and_redirects_are_not_followed(
    db: Database, school: UUID, system: Actor, other_system: Receiver, worker: Worker, clock: Clock, event: str
) -> None:
    with db.context(system, school, clock=clock) as ctx:
        gone = endpoints.make(ctx, other_system.url("/gone/410"), [event])
        moved = endpoints.make(ctx, other_system.url("/redirect"), [event])
        busy = endpoints.make(ctx, other_system.url("/busy/503"), [event])
        events.emit(ctx, event, {})
    worker.drain()
    assert sorted(other_system.call().path for _ in range(3)) == ["/busy/503", "/gone/410", "/redirect"]
    with db.context(system, school, clock=clock) as ctx:
        assert endpoints.endpoint(ctx, gone.id).stopped == "gone"
        (one,) = messages.sent(ctx, moved.id)
        assert one.state == "pending"
        (waits,) = messages.sent(ctx, busy.id)
        assert waits.next_at is not None
        assert waits.next_at >= clock.now + timedelta(hours=1), "as long as the receiver asked for"


def test_schools_and_stopped_addresses_hear_nothing_of_each_other(
    db: Database, school: UUID, other_school: UUID, system: Actor, other_system: Receiver, worker: Worker, event: str
) -> None:
    with db.context(system, other_school) as ctx:
        endpoints.make(ctx, other_system.url(), [event])
    with db.context(system, school) as ctx:
        stopped = endpoints.make(ctx, other_system.url(), [event])
        endpoints.stop(ctx, stopped.id)
        events.emit(ctx, event, {})
    worker.drain()
    with db.all_schools(system) as ctx:
        assert ctx.session.execute(text("SELECT count(*) FROM core_webhook_message")).scalar_one() == 0
    with db.context(system, other_school) as ctx, pytest.raises(NotFound):
        endpoints.endpoint(ctx, stopped.id)


def test_only_who_may_and_only_what_is_declared(db: Database, school: UUID) -> None:
    teacher = Actor(kind="account", name="Cô Lan", account_id=UUID(int=7))
    with db.context(teacher, school) as ctx, pytest.raises(Forbidden):
        endpoints.make(ctx, "https://example.vn", ["x"])
    with db.context(teacher.with_permissions(endpoints.MANAGE), school) as ctx, pytest.raises(Invalid) as refused:
        endpoints.make(ctx, "http://example.vn", ["learners.unknown"])
    assert set(refused.value.fields) == {"url", "events"}
