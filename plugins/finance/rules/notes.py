"""Bank notes: counting a drawer, and the notes to give back as change."""

from __future__ import annotations

from collections.abc import Mapping

NOTES = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200)
"""Notes of the State Bank that are handed over at counters, in dong, the largest first."""


def worth(counts: Mapping[int, int]) -> int:
    """What a number of notes of each kind is worth, in dong.

    Raises:
        ValueError: a note that does not exist, or a number below zero.
    """
    if any(note not in NOTES or number < 0 for note, number in counts.items()):
        raise ValueError("no such note")
    return sum(note * number for note, number in counts.items())


def change(amount: int) -> dict[int, int]:
    """The fewest notes that make an amount; what is below the smallest note is left out."""
    found: dict[int, int] = {}
    for note in NOTES:
        number, amount = divmod(amount, note)
        if number:
            found[note] = number
    return found
