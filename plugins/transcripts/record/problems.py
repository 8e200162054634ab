"""What is missing or wrong in a record before it is frozen (and what a check finds in one that was)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.sdk import Message, _

from .codecs import forbidden
from .kinds import Day, Flag, Kind, MarkOf, Pick, Text, Verbal, Whole
from .shape import Leaf, Part, shape
from .years import PrimaryYear, SecondaryYear, YearTranscript


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to repair. `path` names the field: `secondary.subjects.2.comment`."""

    path: str
    code: str
    message: Message


def problems(record: YearTranscript) -> list[Problem]:
    """Everything that keeps a record from being frozen, in the order of its fields; empty when it is fit."""
    return [*_part(record, ""), *_together(record)]


@lru_cache(maxsize=8192)
def look_alike(name: str) -> bool:
    """Whether a name has letters that are not Latin, or is not in its composed form: it could pass for another."""
    return unicodedata.normalize("NFC", name) != name or not all(_latin(letter) for letter in name)


@lru_cache(maxsize=2048)
def _latin(letter: str) -> bool:
    return letter in " '’-.()" or letter.isdigit() or unicodedata.name(letter, "").startswith("LATIN ")


def _part(part: Any, path: str) -> Iterator[Problem]:
    for name, field in shape(part.__class__).items():
        value, here = getattr(part, name), f"{path}{name}"
        if isinstance(field, Leaf):
            if found := _wrong(field.kind, value):
                yield Problem(here, *found)
        elif field.many:
            for number, item in enumerate(value):
                yield from _part(item, f"{here}.{number}.")
        elif value is not None:
            yield from _part(value, f"{here}.")
        elif isinstance(field, Part) and not field.optional:
            yield Problem(here, "missing", _("This is missing."))


def _wrong(kind: Kind, value: object) -> tuple[str, Message] | None:
    if value is None or value == "":
        return ("missing", _("This is missing.")) if kind.required else None
    match kind:
        case Text():
            return _wrong_text(kind, str(value))
        case Whole(low, high) if not isinstance(value, int) or not low <= value <= high:
            return "out_of_range", _("This must be a whole number from %(low)s to %(high)s.", low=low, high=high)
        case MarkOf():
            fine = str(value) in kind.words or re.fullmatch(mark_pattern(kind), str(value))
            return None if fine else ("no_mark", _("This is no mark that may stand here."))
        case Flag() | Day() | Pick() | Whole():
            return None


def _wrong_text(kind: Text, text: str) -> tuple[str, Message] | None:
    if forbidden(text):
        return "forbidden_characters", _("This holds characters that cannot be written.")
    if len(text) > kind.longest:
        return "too_long", _("This is longer than %(longest)s characters.", longest=kind.longest)
    if kind.pattern and not re.fullmatch(kind.pattern, text, re.ASCII):
        return "malformed", _("This is not in the form that is asked for.")
    if text != text.strip() or unicodedata.normalize("NFC", text) != text:
        return "not_normal", _("This has spaces around it or letters that are put together from parts.")
    if kind.of_person and look_alike(text):
        return "look_alike", _("This name has letters of another script.")
    return None


def mark_pattern(kind: MarkOf) -> str:
    """Regular expression of the marks that are numbers, with a point."""
    places = rf"(\.[0-9]{{1,{kind.decimals}}})?" if kind.decimals else ""
    zeros = rf"(\.0{{1,{kind.decimals}}})?" if kind.decimals else ""
    return f"[0-9]{places}|10{zeros}"


def _together(record: YearTranscript) -> Iterator[Problem]:
    if (record.primary is None) == (record.secondary is None):
        yield Problem("primary", "stage", _("Results of exactly one stage are needed."))
    birth = record.learner.birth
    if sum(map(bool, (birth.day, birth.month, birth.year))) != 1:
        yield Problem("learner.birth", "birth", _("The day, the month or the year of birth is needed, one of them."))
    homeroom = record.issue.homeroom
    if not homeroom.name or (record.primary and not homeroom.personal_id):
        yield Problem("issue.homeroom", "missing_signer", _("The homeroom teacher's name and personal ID are needed."))
    codes = [subject.code for subject in record.subjects]
    if not codes:
        yield Problem("subjects", "missing", _("There is no subject."))
    if len(set(codes)) != len(codes):
        yield Problem("subjects", "doubled", _("A subject is there twice."))
    if record.primary:
        yield from _primary(record.primary)
    if record.secondary:
        yield from _secondary(record.secondary, assessed=not record.learner.not_assessed)
    if record.header.replaces and not (record.header.reason and record.header.decision):
        yield Problem("header.reason", "no_reason", _("A version that replaces another needs a reason and a decision."))


def _primary(year: PrimaryYear) -> Iterator[Problem]:
    for number, subject in enumerate(year.subjects):
        if bool(subject.teacher.name) != bool(subject.teacher.personal_id):
            path = f"primary.subjects.{number}.teacher"
            yield Problem(path, "missing_signer", _("A teacher who signs needs a name and a personal ID."))


def _secondary(year: SecondaryYear, *, assessed: bool) -> Iterator[Problem]:
    for number, subject in enumerate(year.subjects):
        path = f"secondary.subjects.{number}."
        marks = (subject.term1, subject.term2, subject.year)
        if not (subject.teacher.name and subject.teacher.personal_id):
            yield Problem(path + "teacher", "missing_signer", _("A teacher who signs needs a name and a personal ID."))
        if assessed and not all(marks):
            yield Problem(path + "year", "missing", _("This is missing."))
        exempt = Verbal.EXEMPT
        if subject.retest and (subject.year == exempt or subject.year == Verbal.PASSED):
            yield Problem(path + "retest", "retest", _("A re-test may not stand beside this mark."))
        if subject.year == exempt and exempt not in (subject.term1, subject.term2):
            yield Problem(path + "year", "exempt", _("An exempt subject carries M in its terms too."))
