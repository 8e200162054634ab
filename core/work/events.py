"""Events: what has happened, told after the commit to whoever subscribed, at least once.

`emit` writes one row in the transaction of the change. A worker spreads it to one job per subscriber, so that
each is retried by itself and none holds up another. The web process needs to know nothing of subscribers.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from core.data.context import Context
from core.kernel.registry import Registry
from core.school.models import ModuleSwitch
from core.types.actor import system_actor
from core.types.contributions import Payload, Progress, Subscriber, Task, TaskHandler

from .queue import enqueue, enqueue_many

SPREAD = "core.event"
DELIVER = "core.event.deliver"
EVERY_EVENT = "*"
"""What a part of the core subscribes to that passes events on. Its handler runs in the transaction that spreads the
event, with the event's name, moment and payload."""
_PORTION = 50
"""Events that `emit_many` gives to one job."""


def emit(ctx: Context, name: str, payload: Payload) -> UUID:
    """Tell subscribers of `name` about it once the transaction of `ctx` has committed.

    Args:
        name: `<plugin>.<thing>.<what happened>`, as documented by the plugin.
        payload: JSON values: ids rather than content, because a subscriber may read it later.
    """
    return enqueue(ctx, SPREAD, {"event": name, "payload": payload, "at": ctx.now().isoformat()})


def emit_many(ctx: Context, name: str, payloads: Sequence[Payload]) -> None:
    """`emit` for each of many payloads of one event, with a single statement; a job spreads a portion of them."""
    at = ctx.now().isoformat()
    portions = (payloads[start : start + _PORTION] for start in range(0, len(payloads), _PORTION))
    enqueue_many(ctx, SPREAD, [{"event": name, "payloads": portion, "at": at} for portion in portions])


def tasks(registry: Registry) -> list[Task]:
    """The two tasks that carry events, for the subscribers of `registry`."""
    return [Task(SPREAD, _spreader(registry)), Task(DELIVER, _deliverer(registry))]


def _spreader(registry: Registry) -> TaskHandler:
    def spread(ctx: Context, payload: Payload, progress: Progress) -> None:
        """One job for each subscriber whose module is on at the school, and each time that it happened."""
        at = payload.get("at") or ctx.now().isoformat()
        said = [{"event": payload["event"], "payload": one, "at": at} for one in _payloads(payload)]
        for ear in registry.subscribers(EVERY_EVENT):
            if ear.module == "core":
                for one in said:
                    ear.item.handler(ctx, one)
        found = registry.subscribers(payload["event"])
        if not found:
            return
        on = registry.always_on() | {"core"}
        on |= registry.school_modules() if ctx.school is None else _switched_on(ctx)
        for owned in found:
            if owned.module in on:
                subscriber: Subscriber = owned.item
                told = [{**one, "subscriber": subscriber.name, "module": owned.module} for one in said]
                enqueue_many(ctx, DELIVER, told, actor=system_actor(subscriber.name))

    return spread


def _payloads(payload: Payload) -> list[Payload]:
    """Of a job of `emit_many`, or of `emit`."""
    many: list[Payload] | None = payload.get("payloads")
    return [payload["payload"]] if many is None else many


def _deliverer(registry: Registry) -> TaskHandler:
    subscribers = {
        (o.item.event, o.item.name): o.item for event in registry.events() for o in registry.subscribers(event)
    }

    def deliver(ctx: Context, payload: Payload, progress: Progress) -> None:
        # A KeyError means that this worker lacks the plugin: tried again later, by another one.
        subscribers[payload["event"], payload["subscriber"]].handler(ctx, payload["payload"])

    return deliver


def _switched_on(ctx: Context) -> frozenset[str]:
    return frozenset(ctx.session.scalars(select(ModuleSwitch.module).where(ModuleSwitch.school_id == ctx.school_id)))
