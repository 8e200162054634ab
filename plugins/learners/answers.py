"""What the API of pupils answers, where that is not simply a row of a service; fields of the national dictionary."""

from __future__ import annotations

from typing import Any, TypedDict
from uuid import UUID

from .rules.record import LearnerValue


class LearnerItem(TypedDict):
    """A pupil in a list."""

    id: UUID
    hovaten: str
    phanbiet: str | None
    mahocsinh: str | None
    ngaysinh: str | None
    gioitinh: int
    lop: str | None
    class_id: UUID | None


class LearnerAnswer(LearnerValue, kw_only=True):
    """A pupil; the version counts the changes.

    Sensitive fields are there for a stated purpose only; those that are held back are named in `withheld`.
    """

    id: UUID
    version: int
    withheld: list[str] = []


class ImportAnswer(TypedDict):
    """A list that was uploaded: counts and layout of its plan."""

    id: UUID
    state: str
    file_name: str
    summary: dict[str, Any]


class ReasonAnswer(TypedDict):
    """A finding: where, what, what was typed, what is proposed."""

    code: str
    place: str
    field: str
    message: str
    cell: str
    proposal: str


class ChangeAnswer(TypedDict):
    """A field that changes."""

    field: str
    before: Any
    after: Any


class RowAnswer(TypedDict):
    """A row of a plan."""

    number: int
    place: str
    status: str
    action: str
    hovaten: str
    lop: str
    mahocsinh: str | None
    ngaysinh: str | None
    reasons: list[ReasonAnswer]
    changes: list[ChangeAnswer]
