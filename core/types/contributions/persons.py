"""What a module holds on one person, shown to them and erased on demand (Law 91/2025/QH15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from core.types.message import Message

if TYPE_CHECKING:
    from core.data.context import Context

Fact = str | int | date | datetime | bool | Message | None


@dataclass(frozen=True, slots=True)
class Held:
    """Something that is held: what it is, and the facts themselves in plain words."""

    label: Message
    facts: Sequence[tuple[Message, Fact]]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that erasing leaves, and why the law wants it kept."""

    label: Message
    reason: Message
    until: date | None = None
    """The day on which the duty ends, if that is known."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing has done, or would do."""

    erased: Sequence[Message] = ()
    kept: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One kind of data that a module holds on persons."""

    name: str
    """`<plugin>.<what>`."""
    label: Message
    purpose: Message
    """What it is needed for."""
    basis: Message
    """The act or the consent that allows it."""
    retention: Message
    """How long it is kept."""
    data_classes: tuple[str, ...]
    """Names of `core.types.data_classes`, as the manifest declares them."""
    show: Callable[[Context, UUID], Sequence[Held]]
    """All that is held on this person; empty when there is nothing."""
    erase: Callable[[Context, UUID, bool], Erasure]
    """Erases what no duty keeps, and says what. With False it changes nothing and only says what it would do."""
    order: int = 100


@dataclass(frozen=True, slots=True)
class MergedRows:
    """What a merge, or its undo, has just done to the rows of one reference."""

    keep: UUID
    gone: UUID
    moved: Sequence[Mapping[str, Any]]
    """Keys of the rows that followed, as they were when they named `gone`."""
    dropped: Sequence[Mapping[str, Any]]
    """Whole rows that were set aside, of either person."""
    undone: bool
    """It was an undo: the rows are where they were."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """A reason to read sensitive data, as the reader chooses it and the family reads it."""

    name: str
    """`<plugin>.<what>`; the core's own have no prefix."""
    label: Message
    data_classes: frozenset[str]
    """Classes that it opens; nothing else. A plugin's opens guarded classes of its own manifest only."""
    chosen: bool = True
    """False: the program states it itself where the step says what it is for."""


@dataclass(frozen=True, slots=True)
class PersonReference:
    """A column that names persons, and what becomes of its rows when two records of one person are made one.

    A table that names persons and is not declared keeps them from being merged: nothing is lost by forgetting.
    """

    table: str
    column: str
    on_merge: Literal["move", "drop", "stay"] = "move"
    """`move`: the row follows. `drop`: it goes, and comes back with an undo. `stay`: history that nobody rewrites, such
    as the books; the person stays too, and can only be merged when nothing of it is open."""
    same: tuple[str, ...] = ()
    """Columns that make a row the same for both persons: then the one of the person who goes is dropped."""
    refuse_same: bool = False
    """The same row for both persons keeps them from being merged."""
    open: str = ""
    """Of rows that stay: the condition (SQL on the table) under which they still wait for something."""
    key: tuple[str, ...] = ("id",)
    """The primary key of the table."""
    choose: Message | None = None
    """What such rows are called. Where the same row of both says different things, a person chooses whose stays; the
    other one stays readable with the merge."""
    read: Callable[[Context, Sequence[Mapping[str, Any]]], Sequence[Message]] | None = None
    """Whole rows (as JSON gives them) in plain words, one by one in their order; needed with `choose`."""
    after: Callable[[Context, MergedRows], None] | None = None
    """Called in the same transaction once rows have moved: versions to count, histories to write."""
