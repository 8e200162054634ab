"""Numbers and tables: indicators, reports, imports and exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from core.types.message import Message

if TYPE_CHECKING:
    from core.data.context import Context

Cell = str | int | Decimal | date | datetime | Message | None
"""What a cell of a report may hold; a `Message` is written in the reader's language."""
Values = Mapping[str, str]
"""What the reader chose, by the names of the parameters; checked against their kinds and choices."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number about the school, with what it counts and where that is defined."""

    name: str
    label: Message
    definition: Message
    """What is counted, so that two people get the same number."""
    source: Message
    """The act, the standard or the decision of the school that defines it."""
    permission: str
    compute: Callable[[Context], int | Decimal | None]
    """One quick query, which may go to a replica; None when there is nothing to say yet."""
    unit: Literal["count", "money", "percent"] = "count"
    order: int = 100


@dataclass(frozen=True, slots=True)
class Parameter:
    """A choice that a report offers."""

    name: str
    label: Message
    kind: Literal["text", "date", "choice"] = "text"
    choices: Callable[[Context], Sequence[tuple[str, str | Message]]] | None = None
    required: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report."""

    name: str
    label: Message
    kind: Literal["text", "number", "money", "date", "moment"] = "text"


@dataclass(frozen=True, slots=True)
class Report:
    """A table that people read, print and take away as a file."""

    name: str
    """`<plugin>.<report>`; stands in the address."""
    label: Message
    description: Message
    permission: str
    columns: tuple[Column, ...]
    rows: Callable[[Context, Values], Iterable[Sequence[Cell]]]
    """Rows in order, as they come from the database: a long report is written while it is read. It may be a replica's,
    a little late, and nothing can be written."""
    parameters: tuple[Parameter, ...] = ()
    data_classes: tuple[str, ...] = ()
    """Classes of personal data in its columns, where each row tells of a person; none for plain figures. As a file such
    a report leaves like any list of persons: a long or sensitive one with a second person's agreement."""


@dataclass(frozen=True, slots=True)
class SchoolsReport:
    """A table over many schools for those who oversee them: figures of schools, never of persons.

    A figure of few persons tells of each of them, so the module leaves small numbers out.
    """

    name: str
    """`<plugin>.<report>`; stands in the address."""
    label: Message
    description: Message
    columns: tuple[Column, ...]
    rows: Callable[[Context, Sequence[UUID], Values], Iterable[Sequence[Cell]]]
    """Rows in order, in a context over all schools: the ids are those below the overseer that use the module, and no
    other school may be read."""
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """A way to bring data in from a file, listed on the one page for imports."""

    name: str
    label: Message
    description: Message
    permission: str
    endpoint: str
    """The page that takes the file, shows what would happen and asks."""
    formats: tuple[str, ...] = ("xlsx", "csv")
    icon: str = "upload"


@dataclass(frozen=True, slots=True)
class Exporter:
    """A way to take data out as a file, listed on the same page."""

    name: str
    label: Message
    description: Message
    permission: str
    endpoint: str
    """Answers with the file; takes `format` in its address when there are several. Personal data leave only after
    `core.sdk.web.export_door` was asked."""
    formats: tuple[str, ...] = ("xlsx", "csv")
    icon: str = "download"
