"""Names of the places where signatures stand: stable, unique in a file, part of its Ids."""

from __future__ import annotations

import re
from functools import lru_cache

from ..rules.slots import Place, Role

_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_HEADS = {role.value.lower().replace("_", "-"): role for role in Role}


def is_subject_code(text: str) -> bool:
    """Whether a subject's code can be part of an XML Id: ASCII letters, digits, `_`, `-`, at most 20."""
    return _SUBJECT.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def slot_name(place: Place) -> str:
    """`gvbm-toan`, `gvcn`, `cbql`, `ky-phat-hanh`.

    Raises:
        ValueError: a subject where none belongs, none where one does, or one that cannot be part of an Id.
    """
    if (place.role is Role.SUBJECT) != bool(place.subject) or (place.subject and not is_subject_code(place.subject)):
        raise ValueError(f"no place: {place.role} {place.subject!r}")
    head = place.role.value.lower().replace("_", "-")
    return f"{head}-{place.subject}" if place.subject else head


def slot_named(name: str) -> Place:
    """The place of a name.

    Raises:
        ValueError: nobody's name.
    """
    if role := _HEADS.get(name):
        place = Place(role)
    else:
        head, _dash, subject = name.partition("-")
        place = Place(_HEADS.get(head, Role.SEAL), subject)
    if slot_name(place) != name:
        raise ValueError(f"no place is called {name!r}")
    return place
