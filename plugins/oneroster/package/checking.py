"""What is wrong with a package, in words, with the file and the line. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.sdk import Message, _

from .layout import DAYS, FIXED, REFERENCES, REQUIRED, WORDS

MOST_FAULTS = 200
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the file, and the line as an editor counts it (0 for the whole file)."""

    file: str
    line: int
    message: Message


@dataclass(slots=True)
class Findings:
    """The faults of a package, the first ones, and the ids that each file has."""

    faults: list[Fault] = field(default_factory=list)
    ids: dict[str, set[str]] = field(default_factory=dict)
    open_files: set[str] = field(default_factory=set)
    """Files of changes: what they do not hold may have come before."""

    def fault(self, file: str, line: int, message: Message) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(file, line, message))


class Checker:
    """Checks the rows of one file as they pass by."""

    def __init__(self, findings: Findings, stem: str, *, delta: bool) -> None:
        self._findings, self._stem, self._delta = findings, stem, delta
        self._seen = findings.ids.setdefault(stem, set())
        self._later: dict[tuple[str, str], int] = {}
        if delta:
            findings.open_files.add(stem)
        self._required = ("sourcedId", *REQUIRED.get(stem, ()))
        self._words = [(name, words, True) for (file, name), words in WORDS.items() if file == stem]
        self._words += [(name, words, False) for (file, name), words in FIXED.items() if file == stem]
        self._references = [*REFERENCES.get(stem, {}).items()]

    def row(self, cells: Cells, line: int) -> bool:
        """Look at a row; whether it is one to take: in a file of changes it may be one that goes."""
        self._identity(cells["sourcedId"], line)
        gone = self._delta and self._change(cells, line)
        for name in self._required:
            if not cells[name] and not (gone and name != "sourcedId"):
                self._say(line, _("%(name)s is missing.", name=name))
        for name, words, open_ in self._words:
            value = cells[name]
            if value and value not in words and not (open_ and re.fullmatch(r"ext:[A-Za-z0-9._-]+", value)):
                self._wrong_word(line, name, words)
        for name in DAYS & cells.keys():
            if cells[name] and not _is_day(cells[name]):
                self._say(line, _("%(name)s must be a day such as 2026-09-05.", name=name))
        for name, target in self._references if not gone else ():
            self._reference(name, cells[name], target, line)
        return not gone

    def done(self) -> None:
        """Look at what leads to rows of the same file, once all of them have passed by."""
        for (name, value), line in self._later.items():
            if value not in self._seen and self._stem not in self._findings.open_files:
                self._dangling(line, name, value, self._stem)

    def _say(self, line: int, message: Message) -> None:
        self._findings.fault(f"{self._stem}.csv", line, message)

    def _identity(self, id: str, line: int) -> None:
        if id in self._seen:
            self._say(line, _("The sourcedId %(id)s stands there twice.", id=id))
        elif len(id) > 255:
            self._say(line, _("The sourcedId is longer than 255 characters."))
        self._seen.add(id)

    def _change(self, cells: Cells, line: int) -> bool:
        """Whether a row of changes says that its object goes."""
        if cells["status"] not in ("active", "tobedeleted"):
            self._wrong_word(line, "status", ("active", "tobedeleted"))
        if not _is_moment(cells["dateLastModified"]):
            self._say(line, _("%(name)s must be a time such as 2026-09-05T00:00:00.000Z.", name="dateLastModified"))
        return cells["status"] == "tobedeleted"

    def _wrong_word(self, line: int, name: str, words: tuple[str, ...]) -> None:
        if words == ("true", "false"):
            self._say(line, _("%(name)s must be true or false, in small letters.", name=name))
        else:
            self._say(line, _("%(name)s must be one of: %(words)s", name=name, words=", ".join(words)))

    def _reference(self, name: str, value: str, target: str, line: int) -> None:
        known = self._findings.ids.get(target)
        if known is None or not value or target in self._findings.open_files:
            return
        for id in map(str.strip, value.split(",")) if name.endswith("Ids") else (value,):
            if id in known or not id:
                continue
            if target == self._stem:
                self._later.setdefault((name, id), line)
            else:
                self._dangling(line, name, id, target)

    def _dangling(self, line: int, name: str, id: str, target: str) -> None:
        self._say(line, _("%(name)s %(id)s is not in %(file)s.", name=name, id=id, file=f"{target}.csv"))


def checked(checker: Checker, rows: Iterator[tuple[int, Cells]], take: Callable[[Cells], None]) -> int:
    """Let all rows of a file pass by; how many of them say that their object goes.

    Args:
        take: gets each row that is to be taken.
    """
    gone = 0
    for line, cells in rows:
        if checker.row(cells, line):
            take(cells)
        else:
            gone += 1
    checker.done()
    return gone


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
