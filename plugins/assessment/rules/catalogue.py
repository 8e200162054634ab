"""Which rule set holds for a grade, a school year and a day; overlaps are refused when sets are put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from core.sdk import _
from core.sdk.errors import NotFound

from .parsing import parse
from .reading import RuleSetError
from .ruleset import RuleSet

NATIONAL = "national"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Rule sets of which no two hold for the same programme, kind of school, grade and school year."""

    sets: tuple[RuleSet, ...]

    def __post_init__(self) -> None:
        codes = [one.code for one in self.sets]
        if doubled := sorted({code for code in codes if codes.count(code) > 1}):
            raise RuleSetError(_("There are two rule sets called %(code)s.", code=doubled[0]))
        for at, one in enumerate(self.sets):
            for other in self.sets[at + 1 :]:
                if one.programme == other.programme:
                    refuse_overlap(one, other)

    def with_sets(self, more: Iterable[RuleSet]) -> Catalogue:
        """The same with the sets of a school's own programme.

        Raises:
            RuleSetError: two sets would hold at the same time.
        """
        return Catalogue((*self.sets, *more))

    def get(self, code: str) -> RuleSet:
        """The set of this code: results are explained by the set that made them, also years later.

        Raises:
            NotFound: no such set.
        """
        for one in self.sets:
            if one.code == code:
                return one
        raise NotFound(_("There is no rule set %(code)s.", code=code))

    def choose(self, stage: str, grade: int, year: int, *, on: date, programme: str = NATIONAL) -> RuleSet:
        """The set that holds.

        Args:
            stage: kind of school (`primary`, `lower_secondary`, `upper_secondary`, `continuing`).
            grade: 1 to 12.
            year: calendar year in which the school year begins.
            on: a day of that school year; the set must be in force by then.
            programme: `national`, or the name of the school's own programme.

        Raises:
            NotFound: no set holds.
        """
        for one in self.sets:
            if one.programme == programme and one.covers(stage, grade, year) and one.effective <= on:
                return one
        text = _("No rule set holds for grade %(grade)s in the school year %(year)s-%(next)s.",
                 grade=grade, year=year, next=year + 1)  # fmt: skip
        raise NotFound(text)


def refuse_overlap(one: RuleSet, other: RuleSet) -> None:
    """Let pass two sets that never hold for the same class.

    Raises:
        RuleSetError: they do; names the first grade and year.
    """
    if not one.stages & other.stages:
        return
    for grade in sorted(one.first_year.keys() & other.first_year.keys()):
        first = max(one.first_year[grade], other.first_year[grade])
        if first <= min(one.last_year or 9999, other.last_year or 9999):
            text = _("The rule sets %(one)s and %(other)s both hold for grade %(grade)s in the year %(year)s.",
                     one=one.code, other=other.code, grade=grade, year=first)  # fmt: skip
            raise RuleSetError(text)


@cache
def national() -> Catalogue:
    """The sets that are shipped."""
    folder = files("plugins.assessment.rules") / "sets"
    found = [parse(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    return Catalogue(tuple(sorted(found, key=lambda one: (one.effective, one.code))))
