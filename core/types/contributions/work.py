"""Work in the background: jobs, schedules, events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from core.types.message import Message

if TYPE_CHECKING:
    from core.data.context import Context

Payload = dict[str, Any]


class Progress(Protocol):
    """How a long job tells people where it is."""

    def __call__(self, done: int, total: int, note: Message | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What a task does next outside the database: a network call, made while no transaction is open.

    The handler's transaction is committed before the call; then `then` records the answer in the transaction that ends
    the job. A crash between them runs the job from its beginning, so the call must be harmless to repeat.
    """

    call: Callable[[], Any]
    then: Callable[[Context, Any], Outside | None]
    """Takes the answer of `call`."""


TaskHandler = Callable[["Context", Payload, Progress], Outside | None]


@dataclass(frozen=True, slots=True)
class Task:
    """A background job kind. The handler runs in one transaction of its own and must be idempotent; what it has to ask
    others over a network it returns as `Outside`."""

    name: str
    handler: TaskHandler
    max_tries: int = 10
    lease: timedelta = timedelta(seconds=30)
    queue: str = "default"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Runs a task again and again, once for the whole installation or once for each school that has the module on."""

    name: str
    task: str
    every: timedelta
    scope: Literal["instance", "school"] = "instance"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Reacts to an event after its transaction has committed, at least once."""

    event: str
    name: str
    handler: Callable[[Context, Payload], None]


PayloadKind = Literal["id", "text", "integer", "boolean", "moment"]
_JSON: Mapping[str, dict[str, str]] = {
    "id": {"type": "string", "format": "uuid"},
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "moment": {"type": "string", "format": "date-time"},
}


@dataclass(frozen=True, slots=True)
class EventType:
    """An event that is emitted, as others may rely on it: subscribers inside, webhooks outside."""

    name: str
    """`<plugin>.<thing>.<what happened>`."""
    label: Message
    """What has happened, in plain words."""
    payload: Mapping[str, PayloadKind]
    """Fields that are always there: ids rather than content, never personal data. New ones may be added."""
    outside: bool = True
    """Whether a school may have it sent to other systems."""

    def schema(self) -> dict[str, Any]:
        """The payload as a JSON Schema (2020-12)."""
        properties = {name: dict(_JSON[kind]) for name, kind in self.payload.items()}
        return {"type": "object", "properties": properties, "required": sorted(self.payload)}

    def declared(self, payload: Payload) -> Payload:
        """The part of a payload that may leave the program: what is declared, and nothing else."""
        return {name: payload[name] for name in self.payload if name in payload}
