"""What the API answers. Values are as exchange files write them: `8.5`, `Đ`, `CĐ`, `T`, `v`, `v0`, `M`, empty."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID


class ColumnAnswer(TypedDict):
    """A column: what its cells take, and whether they can be written now."""

    slot: str
    kind: str
    accept: str
    required: bool
    open: bool
    closes_at: datetime | None


class RowAnswer(TypedDict):
    """A pupil with the values by slot and the result so far; `why` says what is missing for one.

    `origins`: by slot, the class or school where a value was given; it is not changed here.
    """

    learner_id: UUID
    hovaten: str
    mahocsinh: str | None
    cells: dict[str, str]
    result: str
    why: str
    origins: dict[str, str]


class BookAnswer(TypedDict):
    """A gradebook."""

    course_id: UUID | None
    class_id: UUID
    term: int
    state: str
    version: int
    rules: str
    columns: list[ColumnAnswer]
    rows: list[RowAnswer]


class BookItem(TypedDict):
    """How far a gradebook has come."""

    course_id: UUID | None
    class_id: UUID
    class_name: str
    subject: str
    term: int
    state: str
    version: int
    wanted: int
    entered: int
    closes_at: datetime | None


class SavedCell(TypedDict):
    """A cell that was written."""

    learner_id: UUID
    slot: str
    value: str


class RefusedCell(TypedDict):
    """A cell that was not written, and why."""

    learner_id: UUID
    slot: str
    value: str
    reason: str


class ConflictCell(TypedDict):
    """A cell that holds something else than the caller saw: `mine` was not written, `theirs` stands."""

    learner_id: UUID
    slot: str
    mine: str
    theirs: str
    who: str
    at: datetime | None


class ResultAnswer(TypedDict):
    """The result of a row that was touched."""

    learner_id: UUID
    result: str
    why: str


class SavedAnswer(TypedDict):
    """What became of a block of cells."""

    saved: list[SavedCell]
    refused: list[RefusedCell]
    conflicts: list[ConflictCell]
    rows: list[ResultAnswer]


class StateAnswer(TypedDict):
    """State and version of a gradebook."""

    state: str
    version: int


class ChildBookAnswer(TypedDict):
    """The published marks of one child in one subject; `subject` is empty for the class's own book."""

    course_id: UUID | None
    subject: str
    term: int
    cells: dict[str, str]
    result: str
    published_at: datetime


class BroughtCell(TypedDict):
    """A mark of another school; `subject` is empty for the class's own book, slot `tb` the result of the term."""

    subject: str
    slot: str
    value: str


class BroughtAnswer(TypedDict):
    """What a pupil brought along for a term; with `ended_at` it counts no more."""

    term: int
    from_school: str
    document: str
    cells: list[BroughtCell]
    entered_by: str
    entered_at: datetime
    ended_at: datetime | None
