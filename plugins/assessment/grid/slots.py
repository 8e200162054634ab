"""The columns of a book, as the rule set wants them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.sdk import Message, _

from ..rules import averages, marks
from ..rules.because import Result
from ..rules.ruleset import MarkRules, PrimaryRules, RuleSet
from . import cells, words
from .cells import Cell

COMMENT_SLOT, TRAINING_SLOT, RESULT_SLOT = "nx", "rl", "tb"
"""The last is no column: the result of a term that another school has made."""
RESULT_ACCEPTS = {"score": "score", "comment": "passed"}
_REGULAR = re.compile(r"tx([1-9])")
MOST_REGULAR = 9
"""More regular marks than the rules want may stand in a book until the teacher chooses; so many have a place."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column.

    Attributes:
        name: what the database calls it.
        kind: which windows open it (`words.KINDS`).
        accept: what its cells take (`cells.allowed`).
        group: heading over several columns.
        required: whether a book is complete only with it.
    """

    name: str
    kind: str
    accept: str
    label: Message
    short: Message
    group: Message | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one book.

    Attributes:
        assessed: `score`, `comment`, `level`, or `class` for the class's own book.
        regular: how many regular marks the rules want.
    """

    assessed: str
    slots: tuple[Slot, ...]
    rules: RuleSet
    regular: int = 0

    def slot(self, name: str) -> Slot | None:
        """A column by its name; regular marks beyond those that are shown have a place too."""
        found = next((slot for slot in self.slots if slot.name == name), None)
        if found is None and self.regular and (extra := _REGULAR.fullmatch(name)):
            return _regular(int(extra[1]), self.assessed, required=False)
        return found

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(slot.name for slot in self.slots if slot.required)

    @property
    def averages(self) -> bool:
        """Whether a row has a result of its own."""
        return self.assessed in ("score", "comment")


def layout(
    rules: RuleSet, *, assessed: str, code: str, grade: int, periods: int, term: int, have: Collection[str] = ()
) -> Layout:
    """The columns of a book.

    Args:
        assessed: of the course, or `class`.
        code: of the subject, which decides on the tests of primary checkpoints.
        periods: a year.
        have: slots in which something stands; regular marks beyond the required ones are shown.
    """
    if rules.primary is not None:
        slots = _primary(rules.primary, assessed, code, grade, term)
        return Layout(assessed, (*slots, _comment()), rules)
    assert rules.secondary is not None  # noqa: S101  (a set has one of the two)
    if assessed == "class":
        accept = _training(rules.secondary.training.levels)
        rank = Slot(TRAINING_SLOT, "training", accept, words.TRAINING, words.TRAINING)
        return Layout(assessed, (rank, _comment()), rules)
    regular = averages.required_regular(rules.secondary.marks, scored=assessed == "score", periods=periods)
    shown = max([regular, *(int(found[1]) for name in have if (found := _REGULAR.fullmatch(name)))])
    return Layout(assessed, _secondary(rules.secondary.marks, assessed, regular, shown), rules, regular)


def regular_number(name: str) -> int:
    """Which regular mark a column is; 0 where it is none."""
    found = _REGULAR.fullmatch(name)
    return int(found[1]) if found else 0


def _regular(number: int, assessed: str, *, required: bool) -> Slot:
    label = _("Regular mark %(number)s", number=number)
    accept = "score" if assessed == "score" else "passed"
    return Slot(f"tx{number}", "tx", accept, label, Message(str(number)), words.REGULAR, required)


def _training(levels: tuple[str, ...]) -> str:
    """The levels of the circulars may be typed in words; those of a school's own programme are codes."""
    known = set(levels) == set(cells.CODES["training"].values())
    return "training" if known else cells.ONE_OF + ",".join(levels)


def _comment() -> Slot:
    return Slot(COMMENT_SLOT, "comment", "text", words.COMMENT, words.COMMENT, required=False)


def _secondary(rules: MarkRules, assessed: str, regular: int, shown: int) -> tuple[Slot, ...]:
    accept = "score" if assessed == "score" else "passed"
    found = [_regular(number, assessed, required=number <= regular) for number in range(1, shown + 1)]
    if rules.has_mid:
        found.append(Slot("gk", "gk", accept, words.MID, words.SHORT_MID))
    if rules.has_end:
        found.append(Slot("ck", "ck", accept, words.END, words.SHORT_END))
    return (*found, _comment())


def _primary(rules: PrimaryRules, assessed: str, code: str, grade: int, term: int) -> tuple[Slot, ...]:
    half = len(rules.checkpoints) // 2
    found: list[Slot] = []
    for point in rules.checkpoints[:half] if term == 1 else rules.checkpoints[half:]:
        kind = point.code.lower()
        if assessed == "class":
            for quality in rules.qualities_of(grade):
                label = words.QUALITIES.get(quality, Message(quality))
                found.append(Slot(f"{quality}_{kind}", kind, "quality", label, label, point.label))
            continue
        if code in point.tested(grade):
            accept = "whole" if rules.scale.minimum == 0 else "whole_1"
            found.append(Slot(f"{kind}_d", kind, accept, words.TEST, words.SHORT_TEST, point.label))
        found.append(Slot(kind, kind, "level", words.LEVEL, words.SHORT_LEVEL, point.label))
    return tuple(found)


def term_marks(layout: Layout, row: Mapping[str, Cell]) -> marks.TermMarks:
    """The cells of a pupil as the rules take them."""
    top = max([layout.regular, *(int(found[1]) for name in row if (found := _REGULAR.fullmatch(name)))])
    regular = tuple(cells.mark(row.get(f"tx{number}")) for number in range(1, top + 1))
    return marks.TermMarks(regular, cells.mark(row.get("gk")), cells.mark(row.get("ck")))


def result(layout: Layout, row: Mapping[str, Cell]) -> Result[Decimal] | Result[bool] | None:
    """The result of a pupil's row in the term, as far as it can be said; None where the rules know none."""
    if not layout.averages or layout.rules.secondary is None:
        return None
    found, rules = term_marks(layout, row), layout.rules.secondary.marks
    if (given := row.get(RESULT_SLOT)) is not None:
        scored = layout.assessed == "score"
        return (
            averages.given_average(rules, cells.mark(given))
            if scored
            else averages.given_comment(rules, cells.mark(given))
        )
    if layout.assessed == "score":
        return averages.term_average(rules, found, layout.regular)
    return averages.term_comment(rules, found, layout.regular)


def result_text(layout: Layout, row: Mapping[str, Cell]) -> str:
    """The result in the words of exchange files: `8.1`, `Đ`, `CĐ`, `M`; empty while it is undetermined."""
    return spoken(result(layout, row))


def spoken(found: Result[Decimal] | Result[bool] | None) -> str:
    """A result in the words of exchange files."""
    if found is None or found.undetermined:
        return ""
    if found.exempt:
        return "M"
    return str(found.value) if isinstance(found.value, Decimal) else "Đ" if found.value else "CĐ"


def child_result(layout: Layout, texts: Mapping[str, str]) -> str:
    """`result_text` of stored texts, as a snapshot keeps them."""
    return result_text(layout, parsed_row(layout, texts))


def parsed_row(layout: Layout, texts: Mapping[str, str]) -> dict[str, Cell]:
    """Stored texts as cells; what the book has no column for is left out."""
    found = {name: parsed(layout, name, text) for name, text in texts.items()}
    return {name: cell for name, cell in found.items() if cell is not None}


def parsed(layout: Layout, name: str, text: str) -> Cell | None:
    """A stored text as a cell of a book; None where the book has no such column."""
    if name == RESULT_SLOT:
        return cells.parse_stored(text, RESULT_ACCEPTS[layout.assessed]) if layout.averages else None
    slot = layout.slot(name)
    return cells.parse_stored(text, slot.accept) if slot is not None else None
