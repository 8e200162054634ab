"""The port of notification channels: SMS, Zalo, mail, push. One message to one person; the core keeps the rest.

A channel knows one wire protocol. Whom to tell, when (quiet hours), how often and through which channel is the core's
to decide; a channel says what became of one attempt, and reads the receipts that come later.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from core.types.fields import Config, Field
from core.types.http import HttpClient
from core.types.message import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """What a channel is given: rendered for one person in their language."""

    id: UUID
    """Of the delivery: the same for each repetition, so that a channel which can will not send twice."""
    address: str = field(repr=False)
    """A phone number in E.164 or a mail address, as `NotificationChannel.reaches` says."""
    title: str = field(repr=False)
    text: str = field(repr=False)
    url: str = ""
    """Where more is to be read; no secret is in it."""
    kind: str = ""
    """`finance.bill.due`: services with approved templates map it to theirs."""
    locale: str = "vi"
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The service has taken the message; whether it arrives, a receipt may say."""

    reference: str
    """The service's number, unique in the channel; receipts name it."""
    cost: int = 0
    """Whole dong, where the service says it."""


@dataclass(frozen=True, slots=True)
class Declined:
    """It will never arrive this way: no such address, not allowed, content refused."""

    reason: str
    """For the operator: no address, no content."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: the service is down, too busy, or gave no answer. The core tries again, not before `after`."""

    reason: str
    after: timedelta = timedelta(minutes=1)


class ReceiptState(enum.StrEnum):
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a service told later about a message that it had accepted."""

    reference: str
    state: ReceiptState
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """A request from the service, exactly as received: signatures are verified over these bytes."""

    method: str
    query: bytes
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Forged:
    """A callback that is not the service's, or cannot be read."""

    reason: str


@runtime_checkable
class NotificationChannel(Protocol):
    """One way to reach people. The object is stateless; `config` is the account of one school with the service."""

    name: str
    label: Message
    fields: tuple[Field, ...]
    outbound_hosts: tuple[str, ...]
    reaches: Literal["phone", "email"]
    longest: int
    """Characters of a text that fit; the core sends the title and the address of the rest when it is longer."""

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name; empty when it is usable."""
        ...

    def price(self, letter: Letter, config: Config) -> int:
        """What sending is expected to cost, in whole dong, shown before anything is sent. Pure."""
        ...

    def send(self, letter: Letter, config: Config, http: HttpClient) -> Accepted | Declined | Later:
        """Send one message. Network errors and answers that do not decide are `Later`; never raises."""
        ...

    def receive(self, callback: Callback, config: Config) -> tuple[Receipt, ...] | Forged:
        """Verify a callback over its raw bytes and read its receipts. Pure; never raises for bad input."""
        ...
