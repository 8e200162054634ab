"""What a payment provider may be able to do besides the port; the core looks whether it has the methods.

`Probing` (testing the settings) is in `probing`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from core.types.http import HttpClient

from .port import Answer, Attempt, Config, Declined, Fact, Redirect, RefundOrder, Unknown


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
