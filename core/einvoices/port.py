"""The port of e-invoice providers: certified services that sign invoices and pass them to the tax authority.

The module that issues keeps the invoice, its gapless number and the outbox. A provider knows one wire protocol: it
takes an order over, and says where it stands. Everything is named by `Order.key`, which is ours and unique for ever:
an order that was sent twice is one invoice, and one whose answer got lost is looked up before it is sent again.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.types.fields import Config, Field
from core.types.http import HttpClient
from core.types.message import Message


class Kind(enum.StrEnum):
    """What is asked for."""

    ISSUE = "issue"
    ADJUST = "adjust"  # an invoice of its own whose lines are the difference
    REPLACE = "replace"  # an invoice of its own that stands for the original
    CANCEL = "cancel"  # the original counts no more; it keeps its number


class State(enum.StrEnum):
    """Where an order stands at the service."""

    TAKEN = "taken"  # signed and passed on; the tax authority's code is not there yet
    VALID = "valid"
    REFUSED = "refused"  # by the service or the authority; corrected, it may be sent again under the same key


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays: a parent, or a company on their behalf."""

    name: str = field(repr=False)
    tax_code: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Whole dong; lines of an adjustment may be negative."""

    label: str
    unit: str
    quantity: int
    unit_price: int
    amount: int
    vat: str = "not_subject"
    """`not_subject`, or the rate in per cent: `0`, `5`, `8`, `10`."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What service and authority call an invoice; empty until they have said it."""

    provider_id: str = ""
    symbol: str = ""
    """Of the template and series, as registered with the tax authority: `1C26TTR`."""
    number: str = ""
    """The official number; ours is in the key."""
    retrieval_code: str = ""
    """With it the buyer finds the invoice on the service's page."""
    authority_code: str = ""
    """Of the tax authority; empty where the series has none."""
    url: str = ""
    """Where the buyer looks."""


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to be done. Repeating it is harmless, here and there."""

    id: UUID
    key: str
    """`[0-9A-Z-]{1,40}`, unique for ever at the school."""
    kind: Kind
    day: date
    buyer: Buyer
    about: str = field(repr=False)
    """The pupil, as the invoice names them: code, name, class."""
    lines: tuple[Line, ...]
    """Empty for a cancellation."""
    total: int
    created_at: datetime
    original: Issued | None = None
    original_key: str = ""
    reason: str = ""
    """Why an invoice is adjusted, replaced or cancelled."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands, as the service says."""

    state: State
    issued: Issued = Issued()
    reason: str = ""
    """Why it was refused, for the accountant: in the service's words, no secrets."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The service has never seen the key: sending is safe. Said only when the service says exactly that."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No answer that decides: look up later, never assume."""

    detail: str


@runtime_checkable
class EInvoiceProvider(Protocol):
    """One service. The object is stateless; `config` is the account of one school with it."""

    name: str
    label: Message
    fields: tuple[Field, ...]
    outbound_hosts: tuple[str, ...]
    kinds: frozenset[Kind]
    """What the service offers; ISSUE always."""

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name; empty when it is usable."""
        ...

    def send(self, order: Order, config: Config, http: HttpClient, now: datetime) -> Standing | NoAnswer:
        """Hand an order over. The same key again is the same invoice, never a second one. Network errors and answers
        that do not decide are `NoAnswer`.

        Raises:
            ValueError: for a kind that the service does not offer.
        """
        ...

    def look_up(self, order: Order, config: Config, http: HttpClient, now: datetime) -> Standing | Absent | NoAnswer:
        """Ask where an order stands; changes nothing."""
        ...
