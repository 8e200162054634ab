"""Money that a module gives back without a payment: meals not eaten, balances from an older system.

It becomes balance of the person and pays what is owed, oldest due first; what is left waits for the next charge or is
paid out. So a bill is never negative, and the order of events does not matter.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam, column, insert, select, table, text
from sqlalchemy.dialects.postgresql import JSONB

from core import audit
from core.data.bulk import by_sets
from core.data.context import Context
from core.data.types import new_id
from core.payments.accounts import STUDENT_BALANCE
from core.payments.booking.allocation import allocate, lock_people
from core.payments.ledger.entries import Entry, Line, actor_json, post
from core.payments.ledger.periods import open_period
from core.payments.ledger.read import balance_of
from core.types.errors import Conflict, Invalid
from core.types.message import _
from core.types.money import format_vnd

_STAGE = text(
    "CREATE TEMP TABLE IF NOT EXISTS staged_credit (person_id uuid NOT NULL, account text NOT NULL, "
    "amount bigint NOT NULL CHECK (amount > 0)) ON COMMIT DELETE ROWS"
)
_TARGET = table("staged_credit", column("person_id", Uuid()), column("account", Text()), column("amount"))
_LOCK = text(
    "SELECT count(*) FROM (SELECT p.id FROM core_person p WHERE p.school_id = :school "
    "AND p.id IN (SELECT person_id FROM staged_credit) ORDER BY p.id FOR NO KEY UPDATE) locked"
)
_POST = text(
    """
WITH entry AS (
  INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, actor, memo)
  VALUES (:id, :school, :source, :kind, :period, :now, :now, :actor, :memo)
  ON CONFLICT (school_id, source) DO NOTHING RETURNING id)
INSERT INTO core_posting (school_id, entry_id, account, person_id, charge_id, amount)
SELECT :school, entry.id, 'student_balance', s.person_id, NULL::uuid, -sum(s.amount) FROM staged_credit s, entry
 GROUP BY entry.id, s.person_id
UNION ALL
SELECT :school, entry.id, s.account, NULL::uuid, NULL::uuid, sum(s.amount) FROM staged_credit s, entry
 GROUP BY entry.id, s.account
"""
).bindparams(bindparam("actor", type_=JSONB))
_PEOPLE = text("SELECT DISTINCT person_id FROM staged_credit")
_TOTAL = text("SELECT coalesce(sum(amount), 0)::bigint FROM staged_credit")


def credit_many(ctx: Context, credits: Select[*tuple[Any, ...]], *, source: str, kind: str, memo: str = "") -> int:
    """Credit balances, whatever their number, and let them pay what is owed. The module has checked the right.

    Args:
        credits: a SELECT of `person_id, account, amount`; the account is debited (the income that is given back).
        source: names the step; the same one twice does nothing.
        kind: of the entry, `<module>.<what>`.

    Returns:
        what was credited together, in dong.
    """
    ctx.session.execute(_STAGE)
    names = ["person_id", "account", "amount"]
    ctx.session.execute(insert(_TARGET).from_select(names, select(*credits.subquery("given").c)))
    total = int(ctx.session.execute(_TOTAL).scalar_one())
    if total:
        ctx.session.execute(_LOCK, {"school": ctx.school_id})
        entry = new_id()
        values: dict[str, object] = {"id": entry, "source": source, "kind": kind, "memo": memo}
        values["actor"] = actor_json(ctx)
        values |= {"school": ctx.school_id, "period": open_period(ctx), "now": ctx.now()}
        ctx.session.execute(_POST, values)
        people = ctx.session.scalars(_PEOPLE).all()
        with by_sets(ctx):
            allocate(ctx, people)
        audit.record(ctx, "payments.credits.booked", target=("charge_batch", entry), detail={"amount": total})
    ctx.session.execute(text("DELETE FROM staged_credit"))
    return total


def take_out(
    ctx: Context, person_id: UUID, amount: int, account: str, *, source: str, kind: str, memo: str = ""
) -> UUID:
    """Move money that nothing has used yet from a person's balance to an account. The module has checked the right.

    Returns:
        the id of the entry.

    Raises:
        Invalid: not more than zero.
        Conflict: the balance does not hold so much.
    """
    if amount <= 0:
        raise Invalid(_("The amount must be more than zero."))
    lock_people(ctx, [person_id])
    there = balance_of(ctx, person_id).credit
    if there < amount:
        raise Conflict(_("Only %(amount)s of the balance has not been used.", amount=format_vnd(there)))
    lines = (Line(STUDENT_BALANCE, amount, person_id), Line(account, -amount))
    entry = Entry(source=source, kind=kind, occurred_at=ctx.now(), lines=lines, memo=memo)
    post(ctx, entry)
    return entry.id


def put_back(
    ctx: Context, person_id: UUID, amount: int, account: str, *, source: str, kind: str, memo: str = ""
) -> UUID:
    """The opposite of `take_out`: the money is the person's again and pays what is owed."""
    lock_people(ctx, [person_id])
    lines = (Line(account, amount), Line(STUDENT_BALANCE, -amount, person_id))
    entry = Entry(source=source, kind=kind, occurred_at=ctx.now(), lines=lines, memo=memo)
    post(ctx, entry)
    allocate(ctx, [person_id])
    return entry.id
