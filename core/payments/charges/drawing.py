"""`core.payments.reference.make_reference` as an expression of the database, for a whole round at once.

The check character is linear: the state after the signs of a reference is the exclusive or of what each sign
leaves behind from its place, so a table of the 32 signs for each place is all that the database needs.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, func, literal_column

from core.payments.reference import ALPHABET, LENGTH, check_state

_BYTES = (0, 1, 2, 3, 4, 5, 7)
"""Of a version 4 UUID: those that are random in their lower five bits (RFC 9562, section 5.4)."""
_BODY = len(_BYTES)
_NOTHING = ALPHABET[0]
"""The sign that leaves nothing behind."""


def drawn(prefix: str, chance: str) -> ColumnElement[str]:
    """A fresh reference of the school with this prefix.

    Args:
        chance: name of a column: 16 bytes of a random UUID, another one for each row (`gen_random_uuid`, whose source
            is the system's strong one).
    """
    signs = [f"(get_byte({chance}, {byte}) & 31)" for byte in _BYTES]
    left = [f"get_byte('\\x{_left_behind(place)}', {sign})" for place, sign in enumerate(signs)]
    state = " # ".join([str(check_state(prefix + _NOTHING * _BODY)), *left])
    return func.concat(prefix, *(_written(place) for place in (*signs, f"({state})")), type_=Text())


def _left_behind(place: int) -> str:
    """The state after each of the 32 signs at a place of the random part, in hexadecimal."""
    before, after = _NOTHING * (LENGTH - 1 - _BODY + place), _NOTHING * (_BODY - 1 - place)
    return bytes(check_state(before + sign + after) for sign in ALPHABET).hex()


def _written(place: str) -> ColumnElement[str]:
    return literal_column(f"substr('{ALPHABET}', {place} + 1, 1)", Text())
