"""Drawers: opening one, and what is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.exc import IntegrityError

from core.sdk import Context, Message, _
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Forbidden, Invalid, NotFound
from core.sdk.ledger import ledger
from plugins.finance.models import Drawer, DrawerMove, Receipt
from plugins.finance.services._trail import note
from plugins.finance.services.receipts import number_label

STATES: dict[str, tuple[str, Message]] = {
    "open": ("ok", _("Drawer open")),
    "counted": ("attention", _("Counted, waits for a second person")),
    "closed": ("neutral", _("Day closed")),
}
FLOAT = "cash:float"


def account_of(number: int) -> str:
    """The ledger account of a drawer."""
    return f"cash:drawer-{number}"


@dataclass(frozen=True, slots=True)
class DrawerRow:
    """A drawer from opening to day close. Amounts in dong."""

    id: UUID
    number: int
    cashier_id: UUID
    cashier_name: str
    opened_at: datetime
    opening_float: int
    state: str
    counts: dict[str, int]
    counted: int | None
    reason: str
    counted_at: datetime | None
    refusal: str
    confirmed_name: str
    confirmed_at: datetime | None
    families: int
    taken: int
    returned: int
    """Given back, above zero."""

    @property
    def expected(self) -> int:
        """What must be in it."""
        return self.opening_float + self.taken - self.returned

    @property
    def difference(self) -> int:
        """What was counted beyond the books; below zero where money is missing."""
        return 0 if self.counted is None else self.counted - self.expected


_IN = func.coalesce(func.sum(DrawerMove.amount).filter(DrawerMove.kind == "taken"), 0)
_OUT = func.coalesce(-func.sum(DrawerMove.amount).filter(DrawerMove.kind == "returned"), 0)
_FAMILIES = func.count(DrawerMove.batch.distinct()).filter(DrawerMove.kind == "taken")


def _rows(ctx: Context, ids: Collection[UUID]) -> list[DrawerRow]:
    """Drawers with their sums, the latest first: two queries, however many there are."""
    found = ctx.session.scalars(
        select(Drawer)
        .where(Drawer.school_id == ctx.school_id, Drawer.id.in_(ids))
        .order_by(Drawer.opened_at.desc(), Drawer.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    sums = {
        row.drawer_id: (row[1], int(row[2]), int(row[3]))
        for row in ctx.session.execute(
            select(DrawerMove.drawer_id, _FAMILIES, cast(_IN, BigInteger), cast(_OUT, BigInteger))
            .where(DrawerMove.drawer_id.in_(ids))
            .group_by(DrawerMove.drawer_id)
        )
    }
    return [
        DrawerRow(
            d.id, d.number, d.cashier_id, d.cashier_name, d.opened_at, d.opening_float, d.state, d.counts, d.counted,
            d.reason, d.counted_at, d.refusal, d.confirmed_name, d.confirmed_at, *sums.get(d.id, (0, 0, 0)),
        )
        for d in found
    ]  # fmt: skip


def own(ctx: Context) -> DrawerRow | None:
    """The drawer that the actor has in hand, open or counted."""
    ctx.require("payments.cash.collect")
    found = ctx.session.scalars(
        select(Drawer.id).where(
            Drawer.school_id == ctx.school_id, Drawer.cashier_id == ctx.actor.account_id, Drawer.state != "closed"
        )
    ).one_or_none()
    return _rows(ctx, [found])[0] if found else None


def drawer(ctx: Context, drawer_id: UUID) -> DrawerRow:
    """One drawer: one's own, or any for who may read them all.

    Raises:
        NotFound: no such drawer, or somebody else's.
    """
    rows = _rows(ctx, [drawer_id])
    if not rows or not (ctx.actor.has("finance.cash.read") or rows[0].cashier_id == ctx.actor.account_id):
        raise NotFound()
    return rows[0]


def drawers(ctx: Context, *, before: UUID | None = None, limit: int = 30) -> list[DrawerRow]:
    """Drawers, the latest first. Ids grow with time, so the last one of a page leads to the next."""
    ctx.require("finance.cash.read")
    query = select(Drawer.id).where(Drawer.school_id == ctx.school_id)
    if before is not None:
        query = query.where(Drawer.id < before)
    return _rows(ctx, ctx.session.scalars(query.order_by(Drawer.id.desc()).limit(limit)).all())


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Cash of one pupil in a drawer: what the report of the day lists. Without names: the receipt has them."""

    moved_at: datetime
    kind: str
    receipt: str
    class_name: str
    amount: int
    receipt_id: UUID


def moves(ctx: Context, drawer_id: UUID) -> Sequence[MoveRow]:
    """Everything that went in and out, in order. The caller has found the drawer by `drawer`."""
    label = Receipt.content["pupil"]["class"].astext
    rows = ctx.session.execute(
        select(DrawerMove, Receipt.year, Receipt.number, label)
        .join(Receipt, Receipt.id == DrawerMove.receipt_id)
        .where(DrawerMove.drawer_id == drawer_id)
        .order_by(DrawerMove.id)
    )
    return [
        MoveRow(m.moved_at, m.kind, number_label(year, number), name or "", m.amount, m.receipt_id)
        for m, year, number, name in rows
    ]


def open_drawer(ctx: Context, number: int, opening_float: int = 0) -> UUID:
    """Take a drawer in hand, with change money. Needs `payments.cash.collect` and an account of one's own.

    Raises:
        Invalid: no such number or amount. Conflict: somebody has this drawer, or the cashier has another one.
    """
    ctx.require("payments.cash.collect")
    if ctx.actor.account_id is None:
        raise Forbidden("payments.cash.collect")
    if not 1 <= number <= 99:
        message = _("Drawers have the numbers 1 to 99.")
        raise Invalid(message, fields={"number": message})
    if not 0 <= opening_float <= 10**9:
        message = _("This amount cannot be right.")
        raise Invalid(message, fields={"opening_float": message})
    row = Drawer(
        id=new_id(),
        number=number,
        cashier_id=ctx.actor.account_id,
        cashier_name=ctx.actor.name,
        opened_at=ctx.now(),
        opening_float=opening_float,
    )
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
    except IntegrityError as refused:
        raise Conflict(_("Drawer %(number)s is in use, or you have another drawer open.", number=number)) from refused
    if opening_float:
        lines = (ledger.Line(account_of(number), opening_float), ledger.Line(FLOAT, -opening_float))
        ledger.post(ctx, ledger.Entry(f"drawer:{row.id}:opened", "finance.drawer.opened", ctx.now(), lines))
    note(ctx, "finance.drawer.opened", ("finance_drawer", row.id), {"amount": opening_float, "number": number})
    return row.id


def locked(ctx: Context, *, drawer_id: UUID | None = None, shared: bool = False) -> Drawer:
    """The actor's own drawer, or the named one; it keeps its state until the transaction ends.

    Raises:
        NotFound: no such drawer. Conflict: the actor has none.
    """
    query = select(Drawer).where(Drawer.school_id == ctx.school_id).execution_options(populate_existing=True)
    if drawer_id is None:
        query = query.where(Drawer.cashier_id == ctx.actor.account_id, Drawer.state != "closed")
    else:
        query = query.where(Drawer.id == drawer_id)
    row = ctx.session.scalar(query.with_for_update(read=shared))
    if row is not None:
        return row
    if drawer_id is not None:
        raise NotFound()
    raise Conflict(_("Open a drawer first."), code="no_drawer")


def expected(ctx: Context, row: Drawer) -> int:
    """What must be in a drawer by the books, in dong."""
    moved = select(func.coalesce(func.sum(DrawerMove.amount), 0)).where(DrawerMove.drawer_id == row.id)
    return row.opening_float + int(ctx.session.scalar(moved) or 0)
