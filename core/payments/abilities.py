"""What a payment provider may be able to do besides the port; the core looks whether it has the methods.

`Probing` (testing the settings) is in `probing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.types.http import HttpClient

from .port import Answer, Attempt, Config, Declined, Fact, Notice, Redirect, RefundOrder, Refused, Unknown


@runtime_checkable
class Ordering(Protocol):
    """Its orders are made by a request of ours; the answer names the page for the payer."""

    def place(self, attempt: Attempt, config: Config, http: HttpClient, now: datetime) -> Redirect | Declined | Unknown:
        """Make the order of an attempt. Asking again for the same attempt must not make a second one.

        Returns:
            Unknown when nobody knows whether the order exists: no answer, or one that cannot be read.
        """
        ...


@runtime_checkable
class RefundAsking(Protocol):
    """Its refunds have numbers of their own, and are asked about by them instead of by the payment."""

    def refund_state(
        self, order: RefundOrder, attempt: Attempt, config: Config, http: HttpClient, now: datetime
    ) -> tuple[Fact, ...] | Unknown:
        """What became of a refund that was sent."""
        ...


@runtime_checkable
class Fetching(Protocol):
    """Its notices come in any order and may tell of a state that is past: they only say what to ask about."""

    def fetch(
        self, facts: tuple[Fact, ...], config: Config, http: HttpClient, now: datetime
    ) -> tuple[Fact, ...] | Unknown:
        """What the service says now of what a verified notice told; `()` for what is none of this program's payments.

        The worker books the answer instead of the notice. When the service cannot be asked for some minutes, the notice
        itself counts: it is signed.
        """
        ...


@runtime_checkable
class Limited(Protocol):
    """It carries only payments between two amounts."""

    def limits(self, config: Config) -> tuple[int, int]:
        """The least and the most dong of one payment."""
        ...


@runtime_checkable
class Recalling(Protocol):
    """It calls again only when it is asked to in its own words; a server error would end its calls."""

    def call_again(self) -> Answer:
        """What to say when a notice could not be stored."""
        ...


@dataclass(frozen=True, slots=True)
class Payable:
    """All that a service may be told of a bill: no name, no number of a person, no class."""

    asked: str
    """The bill's payment reference, as it was asked about."""
    reference: str
    """Under which it is to be paid."""
    amount: int
    since: datetime


@runtime_checkable
class Looking(Protocol):
    """It asks, before its user pays, whether there is a bill under a number that the user has typed."""

    def read_lookup(self, notice: Notice, config: Config) -> str | Refused:
        """The number that a genuine question names. Pure."""
        ...

    def answer_lookup(self, found: Payable | Refused | None, config: Config) -> Answer:
        """What to answer; None for nothing to pay, which is the same for numbers that nobody has."""
        ...


@runtime_checkable
class Returning(Protocol):
    """It sends payers back by a form (POST) to one address of the channel instead of the attempt's own."""

    def read_form(self, body: bytes, config: Config) -> tuple[str, bytes] | None:
        """Our reference, and the query string to go on with (for `read_return`). For display only."""
        ...
