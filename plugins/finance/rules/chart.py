"""Charts of accounts of the outside: which account of an act each of ours is, as dated data (`charts/*.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "charts"
UNKNOWN = "?"
"""What no pattern fits is shown as it is: the sums stay those of the books."""
_CHANGE = re.compile(r"\s*([a-z_]+(?::[A-Za-z0-9_*.-]+)?)\s*=\s*([0-9]{3,6})\s*")


@dataclass(frozen=True, slots=True)
class Chart:
    """One act's chart, with the pattern of our accounts for each of its numbers, in order."""

    name: str
    act: str
    since: date
    names: Mapping[str, str]
    accounts: tuple[tuple[str, str], ...]

    def code(self, account: str) -> str:
        """The act's number for an account of ours: the first pattern that fits."""
        return next((code for pattern, code in self.accounts if fnmatchcase(account, pattern)), UNKNOWN)

    def title(self, code: str) -> str:
        """What the act calls a number; of a school's own sub-account what its parent is called."""
        found = (self.names[code[:length]] for length in range(len(code), 2, -1) if code[:length] in self.names)
        return next(found, "")


@cache
def charts() -> Mapping[str, Chart]:
    """Every chart by name."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Chart:
    data = tomllib.loads(path.read_text("utf-8"))
    return Chart(path.stem, data["act"], data["since"], data["names"], tuple(data["accounts"].items()))


def usual(ownership: str) -> str:
    """The chart of a public or private school."""
    return "tt24_2024" if ownership == "public" else "tt99_2025"


def changed(chart: Chart, text: str) -> Chart:
    """A chart with a school's own accounts before it: `income:tien_an=5311; fund:*=431`.

    Raises:
        ValueError: with the part that cannot be read.
    """
    return replace(chart, accounts=(*changes(text), *chart.accounts))


def changes(text: str) -> list[tuple[str, str]]:
    """A school's own accounts as they are typed: `income:tien_an=5311`, separated by semicolons or lines.

    Raises:
        ValueError: with the part that cannot be read.
    """
    own: list[tuple[str, str]] = []
    for part in filter(str.strip, re.split(r"[;\n]", text)):
        found = _CHANGE.fullmatch(part)
        if found is None:
            raise ValueError(part.strip())
        own.append((found[1], found[2]))
    return own
