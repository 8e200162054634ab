"""Passwords: Argon2id (RFC 9106) with 46 MiB, one pass, one lane.

The first choice of the OWASP Password Storage Cheat Sheet: one lane costs a small school server one core for
some 30 ms, while four lanes would hold up every other request.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.types.errors import Invalid
from core.types.message import Message, _

SHORTEST = 10
LONGEST = 256
_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(4)
"""At most four at once in a process: each takes 46 MiB, and a flood of attempts must not take the memory."""
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))
"""Verified against when there is no account, so that the answer takes as long."""


def check_new(password: str, *, login: str = "", name: str = "") -> None:
    """Refuse a password that is too short, too plain, or the person's own name (NIST SP 800-63B, section
    3.1.1.2).

    Raises:
        Invalid: with what is wrong.
    """
    problem: Message | None = None
    plain = password.casefold()
    if len(password) < SHORTEST:
        problem = _("Please use at least %(count)s characters.", count=SHORTEST)
    elif len(password) > LONGEST:
        problem = _("Please use at most %(count)s characters.", count=LONGEST)
    elif len(set(plain)) < 5 or _is_run(plain):
        problem = _("This password is too easy to guess.")
    elif any(len(own) >= 4 and own.casefold() in plain for own in (login, login.partition("@")[0], name)):
        problem = _("The password must not contain your name or sign-in name.")
    if problem is not None:
        raise Invalid(_("Please choose another password."), fields={"password": problem})


def _is_run(text: str) -> bool:
    """1234567890, abcdefghij, and the like."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}


def hash_password(password: str) -> str:
    """The hash to keep, in PHC form."""
    with _slots:
        return _hasher.hash(_same(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is right; as slow when there is none stored."""
    text = _same(password) if len(password) <= LONGEST else ""
    with _slots:
        try:
            right = _hasher.verify(stored or _NOBODY, text)
        except (VerificationError, InvalidHashError):
            return False
    return right and stored is not None and bool(text)


def needs_rehash(stored: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _same(password: str) -> str:
    """Composed, so that the same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFC", password)
