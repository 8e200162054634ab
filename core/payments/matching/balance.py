"""The running balance: gaps in it, and what it says about amounts that cannot be read (rule 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .lines import Declared, Line, Origin


@dataclass(frozen=True, slots=True)
class Gap:
    """The balance of a line does not follow from the one before it: a line is missing, or a wrong one there.

    `difference` = balance of the line - what it should be: negative where money left unseen. Whole dong.
    """

    before: Origin
    difference: int


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    gaps: tuple[Gap, ...] = ()
    proposals: dict[Origin, int] = field(default_factory=dict)
    """For a line whose amount cannot be read: the amount that the balances leave for it."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Declared totals beside those of the lines that were read (each movement once); reported, never repaired."""

    declared: Declared
    debit: int
    credit: int

    @property
    def debit_missing(self) -> int | None:
        return None if self.declared.debit is None else self.declared.debit - self.debit

    @property
    def credit_missing(self) -> int | None:
        return None if self.declared.credit is None else self.declared.credit - self.credit


def check_balance(lines: Sequence[Line], opening: int | None) -> BalanceCheck:
    """Follow the running balance through lines as the account moved, duplicates left out."""
    running = opening
    gaps: list[Gap] = []
    proposals: dict[Origin, int] = {}
    for line in lines:
        if line.credit is None or line.debit is None:
            if running is not None and line.balance is not None:
                moved = line.balance - running
                wanted = moved if line.credit is None else -moved
                if line.credit is None and line.debit is None:
                    wanted = abs(moved)
                if wanted > 0:
                    proposals[line.origin] = wanted
            running = line.balance
            continue
        if running is not None:
            running += line.credit - line.debit
            if line.balance is not None and line.balance != running:
                gaps.append(Gap(line.origin, line.balance - running))
        if line.balance is not None:
            running = line.balance
    return BalanceCheck(tuple(gaps), proposals)


def total(lines: Sequence[Line], declared: Declared) -> Totals:
    """Sum what was read."""
    return Totals(declared, sum(line.debit or 0 for line in lines), sum(line.credit or 0 for line in lines))
