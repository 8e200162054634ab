"""New charges on their way into the books: a temporary table, filled once, with references drawn by the database.

Nothing of a hundred thousand rows travels to the program and back, and no row is written twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    Select,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from core.data.bulk import by_sets
from core.data.context import Context
from core.payments.accounts import INCOME
from core.types.errors import Conflict, Invalid
from core.types.message import _

from .drawing import drawn

_ROUNDS = 5
"""How often new references are drawn for charges whose first one was taken: by chance, once in millions."""
MANY = 1000
"""From here on the planner has to know how many there are."""


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge to open. Whole dong."""

    person_id: UUID
    origin_id: UUID
    due: int
    due_on: date
    label: str = ""
    credits: Mapping[str, int] | None = None
    """Ledger account to amount: what it is earned for; the sum is `due`. All income without it."""
    reference: str | None = None
    """A reference that families know already (older system); a fresh one without it."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """`code` and `class_name`, for matching bank lines that carry no reference."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What waits in `staged_charge`. Amounts in dong."""

    count: int
    due: int
    booked: bool
    """Whether any account moves."""


_STAGE = text(
    """
CREATE TEMP TABLE IF NOT EXISTS staged_charge (
  id uuid NOT NULL, person_id uuid NOT NULL, origin_id uuid NOT NULL, due bigint NOT NULL, due_on date NOT NULL,
  label text NOT NULL, credits jsonb NOT NULL, reference text NOT NULL, hints jsonb NOT NULL, given boolean NOT NULL
) ON COMMIT DELETE ROWS
"""
)
_TYPES: dict[str, TypeEngine[Any]] = {
    "person_id": Uuid(),
    "origin_id": Uuid(),
    "due": BigInteger(),
    "due_on": Date(),
    "label": Text(),
    "credits": JSONB(),
    "reference": Text(),
    "hints": JSONB(),
}
COLUMNS = tuple(_TYPES)
"""What a SELECT of new charges gives, in this order; `credits` and `reference` may be NULL."""
_TARGET = table("staged_charge", *(column(name) for name in ("id", *COLUMNS, "given")))
# Most bills of a round are alike, so accounts are added up once for each kind of bill.
_SUMS = text(
    """
SELECT coalesce(sum(s.number), 0)::bigint AS number, coalesce(sum(s.due * s.number), 0)::bigint AS due,
       coalesce(bool_or(s.due > 0 OR s.credits <> '{}'), false) AS booked,
       coalesce(bool_and(s.due >= 0 AND s.due = c.parts), true) AS adds_up
  FROM (SELECT due, credits, count(*) AS number FROM staged_charge GROUP BY due, credits) s,
       LATERAL (SELECT coalesce(sum(value::bigint), 0) AS parts FROM jsonb_each_text(s.credits)) c
"""
)
_REGISTER = """
INSERT INTO core_payment_reference (school_id, reference, kind, target_id, person_id, created_at)
SELECT :school, s.reference, 'charge', s.id, s.person_id, :now FROM staged_charge s
"""
_REGISTER_ALL = text(_REGISTER)
_REGISTER_FREE = text(
    _REGISTER
    + """ WHERE NOT EXISTS (SELECT FROM core_payment_reference r WHERE r.reference = s.reference AND r.target_id = s.id)
ON CONFLICT (reference) DO NOTHING"""
)
_TAKEN = text(
    """
SELECT s.given FROM staged_charge s
 WHERE NOT EXISTS (SELECT FROM core_payment_reference r WHERE r.reference = s.reference AND r.target_id = s.id)
"""
)
_PREFIX = text("SELECT payment_prefix FROM core_school WHERE id = :school")


def stage(ctx: Context, charges: Sequence[NewCharge] | Select[Any]) -> Staged:
    """Fill `staged_charge` and register a reference for each row.

    Raises:
        Invalid: when the accounts of a charge do not add up to what is due.
        Conflict: when a given reference is taken.
    """
    ctx.session.execute(_STAGE)
    prefix: str = ctx.session.execute(_PREFIX, {"school": ctx.school_id}).scalar_one()
    if isinstance(charges, Select):
        with by_sets(ctx):
            _fill(ctx, charges, prefix)
    else:
        _fill(ctx, _rows_of(charges), prefix)
    sums = ctx.session.execute(_SUMS).one()
    if not sums.adds_up:
        raise Invalid(_("The accounts of a charge do not add up to what is due."))
    _register(ctx, sums.number, prefix)
    return Staged(sums.number, sums.due, sums.booked)


def _fill(ctx: Context, charges: Select[Any], prefix: str) -> None:
    if tuple(column.name for column in charges.selected_columns) != COLUMNS:
        raise ValueError(f"the SELECT must give {', '.join(COLUMNS)}")
    given = charges.subquery("given").c
    # A subquery of its own: a volatile function in it is computed once a row.
    chance = select(*given, func.uuid_send(func.gen_random_uuid()).label("chance")).subquery("chance")
    new = chance.c
    income = case((new.due == 0, cast({}, JSONB)), else_=func.jsonb_build_object(cast(INCOME, Text), new.due))
    source = select(
        func.uuidv7(),
        new.person_id,
        new.origin_id,
        new.due,
        new.due_on,
        new.label,
        func.coalesce(new.credits, income),
        func.coalesce(new.reference, drawn(prefix, "chance.chance")),
        new.hints,
        new.reference.is_not(None),
    )
    ctx.session.execute(insert(_TARGET).from_select([c.name for c in _TARGET.c], source, include_defaults=False))


def _rows_of(charges: Sequence[NewCharge]) -> Select[Any]:
    rows = [
        {
            "person_id": str(c.person_id),
            "origin_id": str(c.origin_id),
            "due": c.due,
            "due_on": c.due_on.isoformat(),
            "label": c.label,
            "credits": dict(c.credits) if c.credits is not None else None,
            "reference": c.reference,
            "hints": dict(c.hints),
        }
        for c in charges
    ]
    columns = (column(name, kind) for name, kind in _TYPES.items())
    read = func.jsonb_to_recordset(cast(literal(json.dumps(rows), Text), JSONB)).table_valued(*columns)
    return select(*read.render_derived(name="row", with_types=True).c)


def _register(ctx: Context, count: int, prefix: str) -> None:
    """A reference for each charge, unique for ever (I10); those that collide by chance are drawn again.

    The unique index finds whether any collides: asking for each first would cost half as much again.
    """
    values = {"school": ctx.school_id, "now": ctx.now()}
    try:
        with ctx.session.begin_nested():
            ctx.session.execute(_REGISTER_ALL, values)
    except IntegrityError:
        _register_free(ctx, count, prefix, values)


def _register_free(ctx: Context, left: int, prefix: str, values: dict[str, object]) -> None:
    for _round in range(_ROUNDS):
        left -= ctx.session.connection().execute(_REGISTER_FREE, values).rowcount
        if not left:
            return
        if any(ctx.session.scalars(_TAKEN)):
            raise Conflict(_("A payment reference is in use already."))
        _draw_again(ctx, prefix)
    raise Conflict(_("No free payment reference was found. Please try again."))


def _draw_again(ctx: Context, prefix: str) -> None:
    staged = _TARGET.c
    free = table("core_payment_reference", column("reference"), column("target_id")).alias("r")
    known = select(free.c.reference).where(free.c.reference == staged.reference, free.c.target_id == staged.id)
    chance = (
        select(staged.id.label("id"), func.uuid_send(func.gen_random_uuid()).label("chance"))
        .where(~known.exists())
        .subquery("chance")
    )
    ctx.session.execute(
        _TARGET.update().values(reference=drawn(prefix, "chance.chance")).where(staged.id == chance.c.id)
    )
