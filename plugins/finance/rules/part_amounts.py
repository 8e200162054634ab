"""How much of a bill may be paid at once: all of it, parts that were agreed, or what the school allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowed:
    """Amounts of one payment, in dong."""

    choices: tuple[int, ...]
    """What is proposed, the smallest first; the last one is everything that is open."""
    least: int = 0
    """The smallest amount that a payer may choose freely; 0 where only the choices are taken."""

    def takes(self, amount: int) -> bool:
        """Whether so much may be paid at once."""
        free = bool(self.least) and self.least <= amount <= self.choices[-1]
        return amount in self.choices or free

    def nearest(self, amount: int | None) -> int:
        """The amount if it is allowed, else the first that is proposed."""
        return amount if amount is not None and self.takes(amount) else self.choices[0]


def allowed(open_parts: Sequence[int], owed: int, *, free: bool, least: int) -> Allowed:
    """What may be paid of a bill.

    Args:
        open_parts: what is open of each part that was agreed, in order; empty without an agreement.
        owed: what is open in all.
        free: the school lets families choose.
        least: the smallest free amount; never more than what is open.
    """
    sums: list[int] = []
    for part in open_parts:
        if part > 0:
            sums.append((sums[-1] if sums else 0) + part)
    choices = tuple(dict.fromkeys([*(amount for amount in sums if amount < owed), owed]))
    return Allowed(choices, min(max(least, 1), owed) if free else 0)
