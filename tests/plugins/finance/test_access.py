"""Who sees and does what: parents only their own children, schools only themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from core.data.session import Database
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Forbidden, NotFound
from core.sdk.ledger import Charge, collect_cash
from core.sdk.links import LinkExpired
from core.sdk.people import Person, Relation
from plugins.finance.access import PERMISSIONS, ROLES
from plugins.finance.models import Bill, BillLine
from plugins.finance.services import bills, debtors, exemptions, families, links, publish, receipts, rounds
from plugins.finance.services.exemptions import ExemptionInput

from .conftest import Moment, World

CHILD, STRANGER = "Nguyễn Anh Cường", "Trần Văn Ân"
OWN = frozenset({"finance.bill.read.own", "finance.receipt.read.own"})


@pytest.fixture
def parent(db: Database, world: World, system: Actor, clock: Moment) -> Actor:
    """The mother of one pupil, signed in; the round is out."""
    mother = new_id()
    with db.context(system, world.school, clock=clock) as ctx:
        base = {"school_id": world.school, "created_at": ctx.now(), "updated_at": ctx.now()}
        names = {"full_name": "Lê Thị Mai", "sort_key": "mai", "search_text": "le thi mai"}
        ctx.session.execute(insert(Person).values(id=mother, **names, **base))
        relation = {"person_id": mother, "related_id": world.pupils[CHILD], "kind": "mother", "may_access": True}
        ctx.session.execute(insert(Relation).values(id=new_id(), **relation, **base))
        publish.publish(ctx, world.round_id)
    return Actor(kind="account", name="Lê Thị Mai", account_id=new_id(), person_id=mother, permissions=OWN)


def test_a_parent_sees_the_own_child_and_nobody_else(db: Database, world: World, parent: Actor, clock: Moment) -> None:
    with db.context(parent, world.school, clock=clock) as ctx:
        [child] = families.family(ctx)
        assert (child.full_name, child.class_name, len(child.bills)) == (CHILD, "1A", 1)
        assert child.open == child.bills[0].total
        assert bills.bill(ctx, child.bills[0].id).lines
        stranger = world.pupils[STRANGER]
        other = ctx.session.scalars(select(Bill.id).where(Bill.person_id == stranger)).one()
        refused: list[Callable[[], object]] = [
            lambda: bills.bill(ctx, other),
            lambda: bills.bills_of(ctx, stranger),
            lambda: receipts.receipts_of(ctx, stranger),
            lambda: links.pay_link(ctx, other),
        ]
        for call in refused:
            with pytest.raises(NotFound):
                call()
        forbidden: list[Callable[[], object]] = [
            lambda: bills.bills(ctx, bills.BillFilter()),
            lambda: debtors.debtors(ctx),
            lambda: rounds.rounds(ctx),
            lambda: receipts.receipts(ctx),
            lambda: publish.publish(ctx, world.round_id),
        ]
        for call in forbidden:
            with pytest.raises(Forbidden):
                call()


def test_a_school_never_sees_another(db: Database, school: UUID, world: World, system: Actor, clock: Moment) -> None:
    with db.context(system, world.school, clock=clock) as ctx:
        publish.publish(ctx, world.round_id)
        bill_id = ctx.session.scalars(select(Bill.id).limit(1)).one()
    with db.context(system, school, clock=clock) as ctx:
        assert rounds.rounds(ctx).rows == ()
        assert bills.bills(ctx, bills.BillFilter(round_id=world.round_id)).rows == ()
        assert ctx.session.scalars(select(BillLine.amount)).all() == []
        with pytest.raises(NotFound):
            bills.bill(ctx, bill_id)
        with pytest.raises(NotFound):
            publish.publish(ctx, world.round_id)


def test_the_link_shows_initials_only_and_expires(
    db: Database, world: World, system: Actor, parent: Actor, clock: Moment
) -> None:
    with db.context(parent, world.school, clock=clock) as ctx:
        token = links.pay_link(ctx, families.family(ctx)[0].bills[0].id)
    nobody = Actor(kind="link", name="pay link")
    with db.all_schools(system, clock=clock) as ctx:
        assert links.school_of_token(ctx, token) == world.school
    with db.context(nobody, world.school, clock=clock) as ctx:
        shown = links.bill_by_link(ctx, token)
        assert (shown.initials, shown.class_name, shown.state) == ("N.A.C.", "1A", "open")
        assert CHILD not in repr(shown)
        with pytest.raises(NotFound):
            links.bill_by_link(ctx, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    clock.now += timedelta(days=91)
    with db.context(nobody, world.school, clock=clock) as ctx, pytest.raises(LinkExpired):
        links.bill_by_link(ctx, token)


def test_paid_bills_and_debtors(ctx: Context, world: World, clock: Moment) -> None:
    publish.publish(ctx, world.round_id)
    charges = {c.person_id: c for c in ctx.session.scalars(select(Charge))}
    due = charges[world.pupils[CHILD]].due
    collect_cash(ctx, world.pupils[CHILD], due)
    collect_cash(ctx, world.pupils[STRANGER], 100_000)
    chosen = bills.BillFilter(round_id=world.round_id)
    found = bills.totals(ctx, chosen)
    assert (found.bills, found.paid, found.paid_bills) == (6, due + 100_000, 1)
    by_state = {s: len(bills.bills(ctx, bills.BillFilter(world.round_id, state=s)).rows) for s in bills.STATE_LABELS}
    assert by_state == {"paid": 1, "part": 1, "open": 5, "overdue": 0, "cancelled": 0}
    clock.forward(days=40)
    page = debtors.debtors(ctx, limit=2)
    again = debtors.debtors(ctx, after=page.next, limit=10)
    owed = [d.owed for d in (*page.rows, *again.rows)]
    assert owed == sorted(owed, reverse=True)
    assert len(owed) == 5
    assert debtors.debts_by_age(ctx).by_age["to_30"] == sum(owed)
    with pytest.raises(Conflict):
        publish.withdraw(ctx, world.round_id, reason="zu spät")
    assert bills.bills(ctx, bills.BillFilter(search="tran van an")).rows[0].full_name == STRANGER
    reference = charges[world.pupils[STRANGER]].reference
    assert [b.full_name for b in bills.bills(ctx, bills.BillFilter(search=reference.lower())).rows] == [STRANGER]
    first = bills.bills(ctx, chosen, limit=4)
    rest = bills.bills(ctx, chosen, after=first.next, limit=4)
    assert len({b.id for b in (*first.rows, *rest.rows)}) == 6
    assert rest.next is None


def test_nobody_approves_an_own_exemption(db: Database, world: World, clock: Moment) -> None:
    may = frozenset({"finance.exemption.edit", "finance.exemption.approve", "finance.exemption.read"})
    both = Actor(kind="account", name="Cô Lan", account_id=new_id(), permissions=may)
    with db.context(both, world.school, clock=clock) as ctx:
        entry = ExemptionInput(
            world.pupils[CHILD],
            (world.items["bhyt"].id,),
            100,
            "poor",
            "Hộ nghèo",
            "NĐ 188/2025",
            "Sổ hộ nghèo",
            clock.now.date(),
            clock.now.date() + timedelta(days=200),
        )
        row = exemptions.add_exemption(ctx, entry)
        with pytest.raises(Conflict):
            exemptions.approve_exemption(ctx, row.id)
        assert [e.full_name for e in exemptions.exemptions(ctx, waiting=True)] == [CHILD]


def test_roles_name_only_permissions_that_exist() -> None:
    known = {permission.name for permission in PERMISSIONS}
    assert all(name.startswith("finance.") for name in known)
    for grant in ROLES:
        assert {name for name in grant.permissions if name.startswith("finance.")} <= known
