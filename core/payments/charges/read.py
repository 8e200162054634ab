"""Reading charges as rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.types.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge as it stands, in dong."""

    id: UUID
    person_id: UUID
    origin: str
    origin_id: UUID
    reference: str
    due: int
    allocated: int
    due_on: date
    label: str
    state: str
    settled_at: datetime | None

    @property
    def owed(self) -> int:
        return 0 if self.state == "cancelled" else self.due - self.allocated


_COLUMNS = "id, person_id, origin, origin_id, reference, due, allocated, due_on, label, state, settled_at"
_BY_ID = text(
    f"SELECT {_COLUMNS} FROM core_charge WHERE school_id = :school AND id = ANY(CAST(:ids AS uuid[])) "  # noqa: S608
    "ORDER BY due_on, opened_at, id"
)
_OF = text(
    f"SELECT {_COLUMNS} FROM core_charge WHERE school_id = :school AND person_id = :person "  # noqa: S608
    "AND (state = 'open' OR NOT :only_open) ORDER BY due_on, opened_at, id"
)
_BY_REFERENCE = text(
    f"SELECT {_COLUMNS} FROM core_charge WHERE school_id = :school AND reference = :reference"  # noqa: S608
)


def get(ctx: Context, ids: Collection[UUID]) -> list[ChargeRow]:
    """Charges by id, oldest due first; unknown ids are left out."""
    rows = ctx.session.execute(_BY_ID, {"school": ctx.school_id, "ids": list(ids)})
    return [ChargeRow(*row) for row in rows]


def of_person(ctx: Context, person_id: UUID, *, only_open: bool = False) -> list[ChargeRow]:
    """A person's charges, oldest due first."""
    values = {"school": ctx.school_id, "person": person_id, "only_open": only_open}
    return [ChargeRow(*row) for row in ctx.session.execute(_OF, values)]


def by_reference(ctx: Context, reference: str) -> ChargeRow:
    """The charge that a reference stands for."""
    row = ctx.session.execute(_BY_REFERENCE, {"school": ctx.school_id, "reference": reference}).one_or_none()
    if row is None:
        raise NotFound()
    return ChargeRow(*row)
