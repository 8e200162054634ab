"""Events: after the commit, at least once, each subscriber by itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete

from core.data.context import Context
from core.data.session import Database
from core.kernel.registry import Owned, Registry
from core.kernel.states import Loaded
from core.school.models import ModuleSwitch
from core.sdk import events, work
from core.sdk.testing.fixtures import as_worker
from core.types.actor import Actor
from core.types.contributions import Manifest, Payload, Subscriber
from core.types.message import _
from core.work.worker import Worker

from .conftest import FakeClock
from .handlers import trace

Traces = Callable[[], list[str]]
PAID = "finance.bill.paid"


def subscribe(*made: tuple[str, str, Callable[[Context, Payload], None]]) -> Registry:
    """Subscribers of `PAID`: (module, name, handler); `finance` and `learners` are modules of schools."""
    plugins = tuple(
        Loaded(name, name, True, manifest=Manifest(name, "1", _("x"), ">=0"), plugin=object())
        for name in ("finance", "learners")
    )
    subscribers = tuple(Owned(module, Subscriber(PAID, name, handler)) for module, name, handler in made)
    other = Owned("finance", Subscriber("finance.bill.made", "other", lambda ctx, payload: trace(ctx, "other")))
    return Registry(plugins, {"provide_subscribers": (*subscribers, other)})


def say(name: str) -> tuple[str, str, Callable[[Context, Payload], None]]:
    return ("finance", name, lambda ctx, payload: trace(ctx, f"{name} {payload['bill']} {ctx.actor.name}"))


def test_every_subscriber_hears_of_it_after_the_commit(
    db: Database, school: UUID, teacher: Actor, traces: Traces
) -> None:
    worker = Worker(as_worker(db), subscribe(say("receipt"), say("letter")))
    with db.context(teacher, school) as ctx:
        events.emit(ctx, PAID, {"bill": 12})
        assert worker.drain() == []
    worker.drain()
    assert sorted(traces()) == ["letter 12 system:letter", "receipt 12 system:receipt"]


def test_no_event_without_its_change(db: Database, school: UUID, teacher: Actor, traces: Traces) -> None:
    with pytest.raises(RuntimeError), db.context(teacher, school) as ctx:
        events.emit(ctx, PAID, {"bill": 12})
        raise RuntimeError
    Worker(as_worker(db), subscribe(say("receipt"))).drain()
    assert traces() == []


def test_a_broken_subscriber_harms_nobody_else(
    db: Database, school: UUID, teacher: Actor, traces: Traces, clock: FakeClock
) -> None:
    failures = [ValueError("first time")]

    def fragile(ctx: Context, payload: Payload) -> None:
        trace(ctx, "fragile")
        if failures:
            raise failures.pop()

    worker = Worker(as_worker(db), subscribe(("finance", "fragile", fragile), say("letter")), clock)
    with db.context(teacher, school, clock=clock) as ctx:
        events.emit(ctx, PAID, {"bill": 1})
    worker.drain()
    assert traces() == ["letter 1 system:letter"]
    clock.forward(seconds=3)
    worker.drain()
    assert traces() == ["letter 1 system:letter", "fragile"]


def test_modules_that_are_off_hear_nothing(
    db: Database, school: UUID, teacher: Actor, system: Actor, traces: Traces
) -> None:
    with db.context(system, school) as ctx:
        ctx.session.execute(delete(ModuleSwitch).where(ModuleSwitch.module == "learners"))
    off = ("learners", "off", lambda ctx, payload: trace(ctx, "off"))
    with db.context(teacher, school) as ctx:
        events.emit(ctx, PAID, {"bill": 1})
    Worker(as_worker(db), subscribe(off, say("letter"))).drain()
    assert traces() == ["letter 1 system:letter"]


def test_an_event_of_the_installation_reaches_all_modules(db: Database, system: Actor, traces: Traces) -> None:
    with db.all_schools(system) as ctx:
        events.emit(ctx, PAID, {"bill": 1})
    assert [o.state for o in Worker(as_worker(db), subscribe(say("letter"))).drain()] == ["done", "done"]
    assert traces() == ["letter 1 system:letter"]


def test_an_event_that_nobody_subscribed_to_is_no_error(db: Database, school: UUID, teacher: Actor) -> None:
    with db.context(teacher, school) as ctx:
        id = events.emit(ctx, "nobody.listens", {})
    Worker(as_worker(db), subscribe()).drain()
    with db.context(teacher, school) as ctx:
        assert work.job(ctx, id).state == "done"
