"""Why a result is what it is: a tree of rules with act, article, inputs and outcome, told to teachers and parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, Literal, NamedTuple, TypeVar

from core.sdk import Message, _

from .marks import Gap, Why, gravest
from .ruleset import Cite

Reader = Literal["teacher", "parent"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Because:
    """One rule that was applied.

    Attributes:
        rule: its stable name, such as `learning.level`.
        text: what was compared and what came out, for the teacher.
        parent: the same for the family; None where the teacher's words will do.
        inputs: what went in, as plain text (numbers with a point).
        outcome: code or number that came out; "" if nothing could.
        internal: a matter of the school that a family need not read.
    """

    rule: str
    cite: Cite
    text: Message
    inputs: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    steps: tuple[Because, ...] = ()
    parent: Message | None = None
    internal: bool = False

    def walk(self) -> Iterator[Because]:
        """This rule and all below it."""
        yield self
        for step in self.steps:
            yield from step.walk()

    def to_json(self) -> dict[str, object]:
        """The tree for programs: codes and numbers, no sentences."""
        return {
            "rule": self.rule,
            "act": self.cite.act,
            "article": self.cite.article,
            "certainty": self.cite.certainty,
            "inputs": dict(self.inputs),
            "outcome": self.outcome,
            "steps": [step.to_json() for step in self.steps],
        }


class Line(NamedTuple):
    """One sentence of an explanation, how deep it stands, and where the rule is found."""

    depth: int
    text: Message
    cite: Cite


def lines(because: Because, reader: Reader, depth: int = 0) -> list[Line]:
    """The explanation in short sentences, in the words for this reader."""
    if because.internal and reader == "parent":
        return []
    text = because.parent if reader == "parent" and because.parent is not None else because.text
    found = [Line(depth, text, because.cite)]
    for step in because.steps:
        found += lines(step, reader, depth + 1)
    return found


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """A result with its reasons. `value` None is *undetermined* (or exempt), never a failure."""

    value: T | None
    because: Because
    gaps: tuple[Gap, ...] = ()
    exempt: bool = False

    @property
    def why(self) -> Why | None:
        """The one word for what is missing."""
        return gravest(self.gaps)

    @property
    def undetermined(self) -> bool:
        return self.value is None and not self.exempt


def number(value: Decimal) -> Message | str:
    """A number as the reader writes it: 8.5 or 8,5."""
    whole, dot, part = f"{value:f}".partition(".")
    return _("%(whole)s.%(part)s", whole=whole, part=part) if dot else whole
