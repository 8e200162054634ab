"""What the steps that fill a demo school may ask for, beside the services of their own module.

A demo shows what a school sees, so its money comes by the real ways: notices are made and signed by the simulators of
the providers, verified by the adapters, and go through inbox, matching and ledger. `options["stage"]` of a step is a
`Stage`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.data.context import Context
from core.types.actor import Actor
from core.types.contributions import StatementReader

__all__ = ["Stage", "Transfer", "Visit", "stage_of"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A movement on the school's account. Whole dong."""

    at: datetime
    amount: int
    memo: str
    payer: str = "NGUYEN VAN A"
    incoming: bool = True
    told: bool = True
    """False: its notice got lost, only the statement shows it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a payer did on the payment page of a service: `success`, `cancel`, `fail` or `suspect`."""

    at: datetime
    url: str
    outcome: str = "success"


class Stage(Protocol):
    """The world around a demo school, at any moment of its year."""

    readers: Sequence[StatementReader]

    def staff(self, role: str) -> Actor:
        """The person who holds a role at the school."""
        ...

    def transfers(self, ctx: Context, wanted: Sequence[Transfer]) -> None:
        """Let transfers arrive, in order of time, and be booked."""
        ...

    def visits(self, ctx: Context, provider: str, wanted: Sequence[Visit]) -> None:
        """Let payers come to the page of a service, and its notices arrive and be booked."""
        ...

    def statement(self, first: datetime, last: datetime) -> bytes:
        """The bank's statement of the account: the file that an accountant downloads."""
        ...

    def work(self, ctx: Context) -> int:
        """Do the background work that is due at the context's moment, in its transaction; returns how much."""
        ...


def stage_of(options: Mapping[str, Any]) -> Stage:
    """The stage of a demo step's options."""
    stage: Stage = options["stage"]
    return stage
