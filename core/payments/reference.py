"""Our own payment references: what a parent copies into the memo of a transfer.

A reference has 11 characters: the school's prefix (3 letters), 7 random characters and 1 check character,
all from an alphabet of 32 signs without those that people confuse (O and 0, I and 1). It fits
`[A-Z0-9]{8,16}`, survives banks that upper-case memos and strip punctuation, and 32^7 (3.4e10) values for
each school make guessing one pointless.

The check character is a linear code over the field GF(32): with a the primitive element x (polynomial x^5 +
x^2 + 1) and v(c) the place of a sign in the alphabet, a reference is right when

    v(c1) a^11 + v(c2) a^10 + ... + v(c11) a^1 = 0

computed as Damm's scheme does, `state = a * (state + v)`, with the totally anti-symmetric quasigroup s * v
= a (s + v) (H. M. Damm, "Total anti-symmetrische Quasigruppen", thesis, Marburg 2004). All eleven weights
differ and none is zero, so every single substitution and every exchange of two characters, adjacent or not,
is detected.

References of an older system have no check character: whether a payment matches is decided by registered
strings (`core.payments.matching`); the check only tells a typing error from a reference that nobody issued.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from .matching.text import Memo

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 11
_PREFIX = 3
_PLACE = {sign: place for place, sign in enumerate(ALPHABET)}
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)

RandomSource = Callable[[int], int]
"""A number from 0 to n - 1, as `secrets.randbelow`; tests give `random.Random(seed).randrange`."""


def make_reference(prefix: str, random_source: RandomSource = secrets.randbelow) -> str:
    """A fresh reference of the school with this prefix; the caller stores it under a unique index.

    Raises:
        ValueError: if the prefix is not three capital letters of the alphabet (no I, no O).
    """
    if not _is_prefix(prefix):
        raise ValueError("a prefix has three capital letters, without I and O")
    body = prefix + "".join(ALPHABET[random_source(len(ALPHABET))] for _ in range(LENGTH - _PREFIX - 1))
    return body + ALPHABET[check_state(body)]


def is_reference(text: str) -> bool:
    """Whether the text is written like one of our references and its check character is right."""
    return (
        len(text) == LENGTH
        and _is_prefix(text[:_PREFIX])
        and all(sign in _PLACE for sign in text)
        and check_state(text) == 0
    )


def find_references(text: str, prefix: str | None = None) -> tuple[str, ...]:
    """The strings in a memo that could be references of ours, each once, in the order of the text.

    Accents, small letters, blanks and punctuation do not matter. Without a prefix only places where a word
    starts are looked at. About one chance window in 32 has a right check character: look the result up, never trust it.
    """
    memo = Memo.of(text)
    found: dict[str, None] = {}
    for start in range(len(memo.squeezed) - LENGTH + 1):
        window = memo.squeezed[start : start + LENGTH]
        begins = window.startswith(prefix) if prefix else start in memo.starts
        if begins and is_reference(window):
            found[window] = None
    return tuple(found)


def _is_prefix(text: str) -> bool:
    return len(text) == _PREFIX and all(sign in _PLACE and not sign.isdigit() for sign in text)


def check_state(text: str) -> int:
    """The state of the check after these signs: 0 after a whole right reference. Linear, and 0 for the first sign."""
    state = 0
    for sign in text:
        state = (state ^ _PLACE[sign]) << 1
        if state & 0b100000:
            state ^= _POLYNOMIAL
    return state
