"""Which algorithms count until when, and how large a file may be: data, so that a weak one ends by date."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from core.sdk.data import LOCAL_TZ


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of files, and the last day of each algorithm by its identifier (URI)."""

    most_bytes: int
    most_signatures: int
    last_day: Mapping[str, date]

    def allows(self, algorithm: str, at: datetime) -> bool:
        """Whether a signature that was proved to exist `at` that time may use it; unknown ones never."""
        last = self.last_day.get(algorithm)
        return last is not None and at.astimezone(LOCAL_TZ).date() <= last


def parse(document: str) -> Policy:
    """A policy from its file.

    Raises:
        KeyError, ValueError: a table or a value is missing or no date.
    """
    table = tomllib.loads(document)
    limits, days = table["limits"], table["algorithms"]
    if not all(isinstance(day, date) for day in days.values()):
        raise ValueError("algorithms need dates")
    return Policy(int(limits["bytes"]), int(limits["signatures"]), days)


@cache
def shipped() -> Policy:
    """The policy beside this module."""
    return parse((files("plugins.transcripts.trust") / "policy.toml").read_text("utf-8"))
