"""Drawers: a queue of families, counting, day close by two people, giving back, deposits; the books always agree."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.data.session import Database
from core.payments import channels
from core.payments.booking import transfers
from core.payments.booking.evidence import Origin
from core.payments.port import Fact, FactKind
from core.people.services import create_person, relate
from core.sdk import Actor, Context
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.ledger import Charge, ExceptionCase, trial_balance, verify
from plugins.finance.models import Drawer, DrawerMove, Receipt
from plugins.finance.rules.notes import NOTES, change, worth
from plugins.finance.services import cash, links, publish, receipts
from plugins.finance.services.baskets import family_link

from .conftest import Moment, World
from .test_pages_money import VIETQR

Desk = Callable[[str], AbstractContextManager[Context]]
LAM, HOA = "Lê Lan Lam", "Nguyễn Bảo Hoa"


@pytest.fixture
def desk(db: Database, world: World, system: Actor, clock: Moment) -> Desk:
    """Contexts of named people at the school, who may take and confirm cash; the bills are out."""
    known: dict[str, UUID] = {}
    with db.context(system, world.school, clock=clock) as ctx:
        publish.publish(ctx, world.round_id)

    def enter(name: str) -> AbstractContextManager[Context]:
        known.setdefault(name, new_id())
        rights = frozenset({"payments.cash.collect", "finance.bill.read", "finance.receipt.cancel", "finance.cash.read",
                            "finance.cash.confirm", "payments.case.read", "payments.case.resolve"})  # fmt: skip
        return db.context(Actor("account", name, known[name], permissions=rights), world.school, clock=clock)

    return enter


def _pay(ctx: Context, world: World, *amounts: tuple[str, int], tendered: int | None = None) -> UUID:
    shares = [cash.Share(world.pupils[name], amount) for name, amount in amounts]
    return cash.take(ctx, shares, tendered if tendered is not None else sum(a for _n, a in amounts), key=new_id())


def test_change_is_given_in_the_fewest_notes() -> None:
    assert change(1_287_700) == {500_000: 2, 200_000: 1, 50_000: 1, 20_000: 1, 10_000: 1, 5_000: 1, 2_000: 1,
                                 500: 1, 200: 1}  # fmt: skip
    assert all(worth(change(amount)) == amount for amount in range(0, 2_000_000, 12_300) if amount % 500 in (0, 200))
    with pytest.raises(ValueError, match="note"):
        worth({3_000: 1})
    assert worth(dict.fromkeys(NOTES, 1)) == sum(NOTES)


def test_a_family_with_two_children_and_a_day_that_closes(desk: Desk, world: World, clock: Moment) -> None:
    with desk("Cô Lan") as ctx:
        drawer_id = cash.open_drawer(ctx, 1, 500_000)
        key = new_id()
        shares = [cash.Share(world.pupils[LAM], 883_950), cash.Share(world.pupils[HOA], 1_000_000)]
        for _twice in range(2):
            assert cash.take(ctx, shares, 2_000_000, key=key) == key
        batch = cash.batch(ctx, key)
        assert (batch.total, batch.change, len(batch.lines)) == (1_883_950, 116_050, 2)
        assert [line.receipt[-6:] for line in batch.lines] == ["000001", "000002"]
        assert ctx.session.scalars(select(Charge.state).where(Charge.person_id == world.pupils[LAM])).one() == "settled"
        books = trial_balance(ctx)
        assert books["cash:drawer-1"] == 500_000 + 1_883_950 == cash.drawer(ctx, drawer_id).expected
        with pytest.raises(Invalid):
            cash.count(ctx, {500_000: 4, 200_000: 1}, "")
        cash.count(ctx, {500_000: 4, 200_000: 1, 100_000: 1, 50_000: 1, 20_000: 1, 10_000: 1}, "Thối nhầm một lần")
        with pytest.raises(Conflict):
            _pay(ctx, world, (LAM, 1_000))
        with pytest.raises(Conflict):
            cash.confirm(ctx, drawer_id)
    with desk("Thầy Quân") as ctx:
        cash.send_back(ctx, drawer_id, "Đếm lại tờ 10.000")
    with desk("Cô Lan") as ctx:
        assert cash.drawer(ctx, drawer_id).refusal
        cash.count(ctx, {500_000: 4, 200_000: 1, 100_000: 1, 50_000: 1, 20_000: 1}, "Thối nhầm một lần")
    clock.forward(minutes=5)
    with desk("Thầy Quân") as ctx:
        cash.confirm(ctx, drawer_id)
        books = trial_balance(ctx)
        assert books.get("cash:drawer-1", 0) == 0
        assert books.get("cash:float", 0) == 0
        assert books["cash:desk"] == 2_370_000 - 500_000
        assert books["cash:difference"] == 2_383_950 - 2_370_000
        assert sum(books.values()) == 0
        assert verify(ctx) == []
        with pytest.raises(Conflict):
            cash.confirm(ctx, drawer_id)


def test_a_closed_day_never_changes_and_its_cash_is_given_back_today(
    desk: Desk, world: World, db: Database, system: Actor, clock: Moment
) -> None:
    with desk("Cô Lan") as ctx:
        closed = cash.open_drawer(ctx, 1)
        _pay(ctx, world, (LAM, 883_950))
        cash.count(ctx, change(884_000) | {200: 0}, "thừa nửa trăm")
    clock.forward(hours=2)
    with desk("Thầy Quân") as ctx:
        cash.confirm(ctx, closed)
    clock.forward(hours=20)
    with desk("Cô Lan") as ctx:
        receipt = ctx.session.scalars(select(Receipt.id)).one()
        with pytest.raises(Conflict):
            cash.give_back(ctx, receipt, "Nộp nhầm em")
        today = cash.open_drawer(ctx, 1, 1_000_000)
        with pytest.raises(Invalid):
            cash.give_back(ctx, receipt, " ")
        cash.give_back(ctx, receipt, "Nộp nhầm em")
        with pytest.raises(Conflict):
            cash.give_back(ctx, receipt, "Lần nữa")
        assert cash.drawer(ctx, closed).taken == 883_950
        assert cash.drawer(ctx, today).expected == 1_000_000 - 883_950 == trial_balance(ctx)["cash:drawer-1"]
        charge = ctx.session.execute(
            select(Charge.state, Charge.allocated).where(Charge.person_id == world.pupils[LAM])
        ).one()
        assert charge == ("open", 0)
        assert receipts.view(ctx.session.scalars(select(Receipt)).one()).state == "cancelled"
        assert verify(ctx) == []
        with pytest.raises(NotFound):
            cash.give_back(ctx, new_id(), "x")
    for statement in (
        "UPDATE finance_drawer SET reason = 'x' WHERE id = :id",
        "INSERT INTO finance_drawer_move SELECT m.drawer_id, m.batch, m.kind, m.person_id, m.amount, m.tendered,"
        " uuidv7(), m.receipt_id, now() + interval '9 years', uuidv7(), m.school_id FROM finance_drawer_move m"
        " WHERE drawer_id = :id",
    ):
        with db.context(system, world.school) as ctx, pytest.raises(IntegrityError), ctx.session.begin_nested():
            ctx.session.execute(text(statement), {"id": closed})


def test_two_cashiers_have_two_drawers(desk: Desk, world: World) -> None:
    with desk("Cô Lan") as ctx:
        cash.open_drawer(ctx, 1)
    with desk("Cô Hạnh") as ctx:
        with pytest.raises(Conflict):
            cash.open_drawer(ctx, 1)
        cash.open_drawer(ctx, 2)
        with pytest.raises(Conflict):
            cash.open_drawer(ctx, 3)
    with desk("Cô Lan") as one, desk("Cô Hạnh") as two:  # both at once, neither waits for the other's drawer
        cash.take(one, [cash.Share(world.pupils[LAM], 100_000)], 100_000, key=new_id())
        one.session.commit()
        cash.take(two, [cash.Share(world.pupils[HOA], 200_000)], 200_000, key=new_id())
    with desk("Thầy Quân") as ctx:
        books = trial_balance(ctx)
        assert (books["cash:drawer-1"], books["cash:drawer-2"]) == (100_000, 200_000)
        assert {(d.number, d.taken, d.families) for d in cash.drawers(ctx)} == {(1, 100_000, 1), (2, 200_000, 1)}
        assert ctx.session.scalars(select(DrawerMove.amount).order_by(DrawerMove.amount)).all() == [100_000, 200_000]


def test_less_than_asked_books_nothing(desk: Desk, world: World) -> None:
    with desk("Cô Lan") as ctx:
        with pytest.raises(Conflict):
            _pay(ctx, world, (LAM, 1_000))
        cash.open_drawer(ctx, 1)
        for amounts, tendered in (([(LAM, 5_000)], 4_999), ([], 0), ([(LAM, -1)], 0), ([(LAM, 1), (LAM, 1)], 2)):
            with pytest.raises(Invalid):
                _pay(ctx, world, *amounts, tendered=tendered)
        assert "cash:drawer-1" not in trial_balance(ctx)
        assert ctx.session.scalars(select(Drawer.state)).one() == "open"


@pytest.mark.usefixtures("app")
def test_cash_carried_to_the_bank_is_recognised_when_it_arrives(
    desk: Desk, world: World, db: Database, system: Actor, clock: Moment
) -> None:
    with desk("Cô Lan") as ctx:
        drawer_id = cash.open_drawer(ctx, 1)
        _pay(ctx, world, (LAM, 800_000))
        cash.count(ctx, {200_000: 4})
    with desk("Thầy Quân") as ctx:
        cash.confirm(ctx, drawer_id)
        with pytest.raises(Invalid):
            cash.deposit(ctx, 800_001, "GNT 17")
        with pytest.raises(Invalid):
            cash.deposit(ctx, 700_000, " ")
        handed = cash.deposit(ctx, 700_000, "GNT 17", "VCB Hoàn Kiếm")
        assert (cash.in_safe(ctx), trial_balance(ctx)["cash:transit"]) == (100_000, 700_000)
        assert cash.possible(ctx, [700_000]) == {}
    with db.context(system, world.school, clock=clock) as ctx:
        channel = channels.load(ctx, channels.configure(ctx, "vietqr", VIETQR))
        for number, amount in (("FT1", 700_000), ("FT2", 650_000)):
            fact = Fact(FactKind.CREDIT, number, amount, "VND", ctx.now(), memo="NOP TM", merchant="0011223344")
            transfers.apply(ctx, channel, fact, Origin("notice"))
        other = ctx.session.scalars(select(ExceptionCase.id).where(ExceptionCase.amount == 650_000)).one()
    with desk("Cô Lan") as ctx:
        fitting = cash.possible(ctx, [700_000])[700_000]
        with pytest.raises(Conflict), ctx.session.begin_nested():
            cash.arrived(ctx, handed, other)
        cash.arrived(ctx, handed, fitting[0].case_id)
        books = trial_balance(ctx)
        assert (books.get("cash:transit", 0), books["suspense:unmatched"]) == (0, -650_000)
        assert cash.deposits(ctx)[0].arrived_at is not None
        with pytest.raises(Conflict), ctx.session.begin_nested():
            cash.arrived(ctx, handed, fitting[0].case_id)
        assert verify(ctx) == []


def test_scanners_and_names_find_the_family(desk: Desk, world: World, db: Database, system: Actor) -> None:
    lam, hoa = world.pupils[LAM], world.pupils[HOA]
    with db.context(system, world.school) as ctx:
        mother = create_person(ctx, "Lê Thị Mẹ")
        relate(ctx, mother, lam, "mother")
        relate(ctx, mother, hoa, "mother")
    with desk("Cô Lan") as ctx:
        reference = ctx.session.scalars(select(Charge.reference).where(Charge.person_id == lam)).one()
        bill = ctx.session.scalars(select(Charge.origin_id).where(Charge.person_id == lam)).one()
        head = "00020101021238570010A00000072701270006970422011300012345678900208QRIBFTTA53037045802VN6215081"
        code = f"{head}{reference}6304ABCD"
        token = links.pay_link(ctx, bill)
        for said in (
            reference,
            reference.lower(),
            f"HP {reference} LE LAN LAM",
            code,
            "261002",
            f"https://x.vn/pay/{token}",
        ):
            assert cash.scanned(ctx, said) == [lam], said
        for said in ("", "lam", "https://x.vn/pay/abc.def", "0002" + "9" * 60):
            assert cash.scanned(ctx, said) == []
        both = f"https://x.vn/pay/family/{family_link(ctx, lam)}"
        assert set(cash.scanned(ctx, both)) == {lam, hoa}, "the family's link brings all children"
        assert cash.scanned(ctx, both.replace("/family", "")) == []
        assert [hit.person_id for hit in cash.siblings(ctx, [lam])] == [hoa]
        found = cash.basket(ctx, [hoa, lam, new_id()])
        assert [child.full_name for child in found] == [HOA, LAM]
        assert found[1].open == 883_950
