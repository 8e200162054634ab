"""Codes that people read from paper and type: Crockford's Base32 with a check character (Luhn modulo 32). Pure.

The alphabet has neither I, L, O nor U; what is typed for them is understood. The check character finds every single
wrong sign and nearly every swap of two neighbours before anything is looked up.
"""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE: Final = len(ALPHABET)
_VALUE: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_LIKE: Final = str.maketrans("OILU", "011V")


def tidy(typed: str) -> str:
    """What was meant: capitals without gaps and hyphens, look-alikes as the alphabet has them.

    >>> tidy(" k3m9q-7wxt2o ")
    'K3M9Q7WXT20'
    """
    return "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_LIKE)[:40]


def new_code(length: int) -> str:
    """Random signs and their check character, `length` in all."""
    body = "".join(secrets.choice(ALPHABET) for _sign in range(length - 1))
    return body + check_character(body)


def is_whole(code: str, length: int) -> bool:
    """Whether a tidy code has the right length, alphabet and check character."""
    return len(code) == length and all(sign in _VALUE for sign in code) and check_character(code[:-1]) == code[-1]


def check_character(body: str) -> str:
    """The Luhn check character modulo 32."""
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = _VALUE[sign] * (2 if place % 2 == 0 else 1)
        total += value // _BASE + value % _BASE
    return ALPHABET[-total % _BASE]


def shown(code: str) -> str:
    """In groups of five, to be read aloud: `K3M9Q-7WXT2`."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))
