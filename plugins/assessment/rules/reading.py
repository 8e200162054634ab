"""TOML with types: each value is asked for by name; what is wrong is said with its key and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from core.sdk import Message, _
from core.sdk.errors import Invalid

Path = tuple[str | int, ...]


class RuleSetError(Invalid):
    """A file of rules that cannot be used; nothing of it is."""

    default_code = "rule_set"


class Table:
    """One table of the file. `finish` refuses keys that nobody asked for: a typing error is never a silent default."""

    def __init__(self, values: Mapping[str, object], text: str, path: Path = ()) -> None:
        self._values = values
        self._text = text
        self.path = path
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> object:
        """The raw value.

        Raises:
            RuleSetError: the key is not there.
        """
        self._asked.add(key)
        if key not in self._values:
            raise self.wrong(key, _("this key is missing"))
        return self._values[key]

    def string(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, _("a text is needed"))
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.string(key)
        if value not in allowed:
            raise self.wrong(key, _("must be one of: %(allowed)s", allowed=", ".join(allowed)))
        return value

    def whole(self, key: str, least: int = 0, most: int = 9999) -> int:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(key, _("a whole number from %(least)s to %(most)s is needed", least=least, most=most))
        return value

    def number(self, key: str) -> Decimal:
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise self.wrong(key, _("a number is needed"))
        return Decimal(value)

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if not isinstance(value, bool):
            raise self.wrong(key, _("true or false is needed"))
        return value

    def day(self, key: str) -> date:
        value = self.get(key)
        if type(value) is not date:
            raise self.wrong(key, _("a date is needed, such as 2021-09-05"))
        return value

    def codes(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            raise self.wrong(key, _("a list of codes is needed"))
        if len(set(value)) != len(value):
            raise self.wrong(key, _("a code stands here twice"))
        return tuple(str(one) for one in value)

    def wholes(self, key: str) -> tuple[int, ...]:
        value = self.get(key)
        if not isinstance(value, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in value):
            raise self.wrong(key, _("a list of whole numbers is needed"))
        return tuple(int(one) for one in value)

    def table(self, key: str) -> Table:
        value = self.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, _("a table is needed"))
        return Table(value, self._text, (*self.path, key))

    def tables(self, key: str, least: int = 1) -> list[Table]:
        value = self.get(key) if self.has(key) or least else []
        if not isinstance(value, list) or len(value) < least or not all(isinstance(one, dict) for one in value):
            raise self.wrong(key, _("a list of tables is needed"))
        return [Table(one, self._text, (*self.path, key, at)) for at, one in enumerate(value)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def finish(self) -> None:
        """Every key was asked for.

        Raises:
            RuleSetError: a key that means nothing here.
        """
        for key in self._values:
            if key not in self._asked:
                raise self.wrong(key, _("this key is not known here"))

    def wrong(self, key: str, problem: Message) -> RuleSetError:
        """An error that names the key, its line and the problem."""
        path = (*self.path, key)
        name = spoken_path(path)
        line = line_of(self._text, path)
        message = _("Line %(line)s, %(key)s: %(problem)s.", line=line, key=name, problem=problem)
        return RuleSetError(message, fields={name: problem})


def read(text: str) -> Table:
    """The file as its outermost table; numbers are decimal, never binary.

    Raises:
        RuleSetError: the text is no TOML.
    """
    try:
        return Table(tomllib.loads(text, parse_float=Decimal), text)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError(_("This is no TOML file: %(problem)s", problem=str(error))) from error


def spoken_path(path: Path) -> str:
    """`learning.level[2].all_at_least`, counted from one."""
    parts = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return parts.lstrip(".")


_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-\"]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w\-]+|\"[^\"]*\")\s*=")


def line_of(text: str, path: Path) -> int:
    """The line (from one) where a key stands; the nearest header or key above it if it is missing or inside a list."""
    best_line, best_length = 1, 0
    counters: dict[tuple[str, ...], int] = {}
    here: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            names = tuple(name.strip('"') for name in header[2].split("."))
            if header[1] == "[[":
                counters[names] = counters.get(names, -1) + 1
            here = _indexed(names, counters)
            reached = here
        elif key := _KEY.match(line):
            reached = (*here, key[1].strip('"'))
        else:
            continue
        if len(reached) > best_length and path[: len(reached)] == reached:
            best_line, best_length = number, len(reached)
    return best_line


def _indexed(names: tuple[str, ...], counters: Mapping[tuple[str, ...], int]) -> Path:
    path: list[str | int] = []
    for at, name in enumerate(names):
        path.append(name)
        if names[: at + 1] in counters:
            path.append(counters[names[: at + 1]])
    return tuple(path)
