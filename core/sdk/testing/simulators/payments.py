"""The way of a payment at a simulated service after its order: the payer decides, notices go out, the payer returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from .courier import Courier, Letter, Reply
from .orders import Order, OrderBook, ServiceFaults
from .settings import SimulatorSettings, is_loopback


class UnknownOrderError(Exception):
    """Nobody has ordered this."""


class Payments(ABC):
    """Orders on their way to an end. A simulator says how its notices look, and when it calls again."""

    parameter: ClassVar[str] = "order"
    """The name of the order's number in pay addresses."""
    waits: ClassVar[Sequence[float]] = ()
    """Seconds between repeated calls; none for services that call once."""
    may_turn: ClassVar[frozenset[str]] = frozenset({"fail", "cancel"})
    """Outcomes that the fault `late_success` turns into a payment after all."""

    def __init__(self, settings: SimulatorSettings, book: OrderBook, faults: ServiceFaults) -> None:
        self.notify_url, self.book, self.faults = settings.notify_url, book, faults
        self.courier = Courier(faults, self.waits, settings.speed, self.ends_the_calls)

    @abstractmethod
    def ends_the_calls(self, reply: Reply) -> bool:
        """Whether an answer of the school ends the calls."""

    @abstractmethod
    def letters(self, order: Order) -> list[Letter]:
        """The notices about what has just become of an order."""

    @abstractmethod
    def return_url(self, order: Order, outcome: str) -> str:
        """Where the payer is sent back to."""

    def named_address(self, order: Order) -> str:
        """Where an order asks for its notices; the address of the settings comes first."""
        return ""

    def address(self, order: Order) -> str:
        """Where the notices of an order go; empty for nowhere."""
        named = self.named_address(order)
        return self.notify_url or (named if is_loopback(named) else "")

    def find(self, url: str, at: datetime | None = None) -> Order:
        """The order of a pay address, or of its number; `at` is when it is looked for, if that is not now.

        Raises:
            UnknownOrderError: nobody has made it.
        """
        named = parse_qs(urlsplit(url).query).get(self.parameter, [url])[0]
        order = self.book.orders.get(named)
        if order is None:
            raise UnknownOrderError(named)
        return order

    def decide(self, order: Order, outcome: str) -> str:
        """Settle, notify, and give the address to send the payer back to."""
        self.post(order, self.settle(order, outcome))
        back = self.return_url(order, outcome)
        if outcome in self.may_turn and self.faults.late_success > 0:
            self.post(order, self.settle(order, "success"), after=self.faults.late_success)
        return back

    def settle(self, order: Order, outcome: str, at: datetime | None = None) -> list[Letter]:
        """Decide a payment; gives the notices, which are not sent."""
        self.book.settle(order, outcome, self.faults.now(at))
        return self.letters(order)

    def post(self, order: Order, letters: Sequence[Letter], after: float = 0.0) -> None:
        """Hand notices to the courier, if anybody wants to be told."""
        if self.address(order):
            for letter in letters:
                self.courier.post(letter, after)
