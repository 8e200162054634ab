"""The port to the sector's database: what can be sent, how a batch is handed over, how the answer is read.

Today's link writes and reads Excel files that a person carries; a link over an API hands over by itself and comes
later. Both keep the same contract (`plugins.sector.testing.contract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Literal, Protocol
from uuid import UUID

from core.sdk import Message

if TYPE_CHECKING:
    from .rules.shapes import Kind, Shape

Outcome = Literal["SUCCESS", "PARTIAL", "FAILED"]


@dataclass(frozen=True, slots=True)
class Head:
    """What a batch says of itself."""

    school: str
    school_code: str
    year: str
    term: int
    number: int
    """Of the batch at the school."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OutRow:
    """A row that leaves: its lasting id, whether the sector knows it already, and its values by field."""

    row_id: UUID
    known: bool
    version: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What the sector says of one row. Empty and 0 for what the answer does not tell."""

    line: int
    """In the answer."""
    row_id: str
    number: int
    """Of the row in our file, from 1."""
    personal_id: str
    pupil_code: str
    full_name: str
    sector_code: str
    accepted: bool | None
    """None: the word for it is not known, so a person has to look."""
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The sector's answer to a batch."""

    outcome: Outcome | None
    """What the answer says of itself, if it does."""
    rows: tuple[AnswerRow, ...]
    message: str
    """The reason, where the batch was refused as a whole."""
    unread: tuple[str, ...]
    """Columns that were not understood."""


class SectorLink(Protocol):
    """A way to the sector's database."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Message: ...

    @property
    def by_hand(self) -> bool:
        """Whether a person carries the package there and the answer back."""
        ...

    def kinds(self) -> tuple[str, ...]:
        """What can be sent by this way."""
        ...

    def write(self, kind: Kind, shape: Shape, head: Head, rows: Iterable[OutRow], target: IO[bytes]) -> int:
        """Write a package row by row, in constant memory; returns how many rows.

        Text never becomes a formula.
        """
        ...

    def read(self, content: bytes) -> Answer:
        """Read an answer, in whatever order and letter case its columns are.

        Raises:
            Invalid: it is no answer that can be understood; nothing was changed.
        """
        ...
