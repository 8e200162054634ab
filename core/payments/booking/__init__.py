"""From a fact to the books: evidence, postings, allocation, exception cases; always one transaction."""

from __future__ import annotations

from .allocation import Allocated, allocate, lock_people, release
from .apply import apply_facts
from .outcome import Applied

__all__ = ["Allocated", "Applied", "allocate", "apply_facts", "lock_people", "release"]
