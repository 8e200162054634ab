"""The ledger by itself: what the database refuses, periods, cash, bulk opening, what verify finds."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Text, create_engine, literal, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from core.data.session import Database
from core.data.types import new_id
from core.payments import charges, ledger
from core.payments.cash import collect_cash, settle_provider
from core.payments.charges import NewCharge, staging
from core.payments.charges.drawing import drawn
from core.payments.ledger import Entry, Line
from core.payments.reference import ALPHABET, is_reference
from core.types.actor import Actor
from core.types.errors import Conflict, Forbidden, Invalid

from .fake import NOW
from .world import DUE_ON, SYSTEM, World


def _entry(source: str, person: UUID, amount: int = 10_000) -> Entry:
    lines = (Line("cash:desk", amount), Line("student_balance", -amount, person))
    return Entry(source, "test", NOW, lines)


def test_an_entry_must_sum_to_zero() -> None:
    with pytest.raises(ValueError, match="zero"):
        Entry("x", "test", NOW, (Line("a", 1), Line("b", -2)))


def test_the_same_source_is_booked_once(world: World) -> None:
    person = world.person()
    with world.db.context(SYSTEM, world.school) as ctx:
        assert len(ledger.post(ctx, _entry("s1", person), _entry("s2", person))) == 2
        assert ledger.post(ctx, _entry("s1", person)) == frozenset()
    assert world.trial() == {"cash:desk": 20_000, "student_balance": -20_000}


def test_the_database_refuses_an_unbalanced_entry_and_late_postings(world: World) -> None:
    person = world.person()
    with world.db.context(SYSTEM, world.school) as ctx:
        (entry,) = ledger.post(ctx, _entry("s1", person))
    late = text(
        "INSERT INTO core_posting (school_id, entry_id, account, amount) "
        "SELECT :school, :entry, a.name, a.amount FROM (VALUES ('x', 5), ('y', -5)) a(name, amount)"
    )
    with pytest.raises(IntegrityError), world.db.context(SYSTEM, world.school) as ctx:
        ctx.session.execute(late, {"school": world.school, "entry": entry})
    lame = text("INSERT INTO core_posting (school_id, entry_id, account, amount) VALUES (:school, :entry, 'x', 5)")
    with pytest.raises(IntegrityError), world.db.context(SYSTEM, world.school) as ctx:
        ctx.session.execute(lame, {"school": world.school, "entry": entry})
    empty = text(
        "INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, "
        "actor, memo) "
        "SELECT uuidv7(), :school, 's3', 'test', period_id, now(), now(), '{}', '' FROM core_journal_entry "
        "LIMIT 1"
    )
    with pytest.raises(IntegrityError), world.db.context(SYSTEM, world.school) as ctx:
        ctx.session.execute(empty, {"school": world.school})
    world.trial()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_posting SET amount = 1",
        "DELETE FROM core_journal_entry",
        "UPDATE core_evidence SET amount = 1",
        "DELETE FROM core_payment_reference",
        "UPDATE core_ledger_balance SET amount = 0",
        "UPDATE core_provider_inbox SET body = ''",
        "DELETE FROM core_charge",
    ],
)
def test_the_application_cannot_rewrite_the_books(world: World, sql: str) -> None:
    world.bring(world.paid(world.start(world.charge(world.person(), 1000))))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        world.db.context(SYSTEM, world.school) as ctx,
    ):
        ctx.session.execute(text(sql))


@pytest.mark.parametrize("table", ["core_posting", "core_journal_entry", "core_evidence"])
def test_not_even_the_owner_of_the_tables_can(world: World, table: str) -> None:
    world.bring(world.paid(world.start(world.charge(world.person(), 1000))))
    owner = create_engine(world.db.url.replace("truong_app@", "truong_owner@"))
    for verb in ("DELETE FROM {}", "UPDATE {} SET school_id = school_id", "TRUNCATE {} CASCADE"):
        with pytest.raises(IntegrityError, match="append-only"), owner.begin() as connection:
            connection.execute(text(verb.format(table)))
    owner.dispose()


def test_nobody_can_fall_below_zero(world: World) -> None:
    person = world.person()
    with pytest.raises(IntegrityError, match="below zero"), world.db.context(SYSTEM, world.school) as ctx:
        ledger.post(ctx, Entry("s", "test", NOW, (Line("student_balance", 5, person), Line("cash:desk", -5))))


def test_closing_a_period_freezes_it_and_later_evidence_lands_in_the_next(world: World) -> None:
    started = world.start(world.charge(world.person(), 1000))
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        closed = ledger.close_period(ctx, "2026-10")
    world.bring(world.paid(started))
    names = world.column(
        "SELECT p.name || ' ' || e.kind FROM core_journal_entry e JOIN core_accounting_period p ON p.id = "
        "e.period_id "
        "ORDER BY e.booked_at, e.id"
    )
    assert names == ["2026-09 charges.opened", "2026-10 evidence.paid", "2026-10 allocation"]
    with pytest.raises(IntegrityError, match="frozen"), world.db.context(SYSTEM, world.school) as ctx:
        ctx.session.execute(text("UPDATE core_accounting_period SET state = 'open' WHERE id = :id"), {"id": closed})
    into_closed = text(
        "INSERT INTO core_journal_entry (id, school_id, source, kind, period_id, occurred_at, booked_at, "
        "actor, memo) "
        "VALUES (:id, :school, 's9', 'test', :period, now(), now(), '{}', '')"
    )
    with pytest.raises((IntegrityError, OperationalError)), world.db.context(SYSTEM, world.school) as ctx:
        ctx.session.execute(into_closed, {"id": new_id(), "school": world.school, "period": closed})
    world.trial()


def test_cash_pays_at_once_and_once(world: World) -> None:
    person = world.person()
    bill = world.charge(person, 120_000)
    entries = set()
    for _turn in range(2):
        with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
            entries.add(collect_cash(ctx, person, 120_000, "Phụ huynh nộp tại quầy", key="c1"))
    assert world.charge_row(bill).state == "settled"
    assert world.trial() == {"cash:desk": 120_000, "income:fees": -120_000}
    assert world.column("SELECT id FROM core_journal_entry WHERE kind = 'cash.collected'") == list(entries)
    nobody = Actor("account", "Phụ huynh", new_id())
    with pytest.raises(Forbidden), world.db.context(nobody, world.school) as ctx:
        collect_cash(ctx, person, 1)
    with pytest.raises(Invalid), world.db.context(SYSTEM, world.school) as ctx:
        collect_cash(ctx, person, 0)


def test_a_settlement_moves_clearing_to_the_bank_less_the_fee(world: World) -> None:
    world.bring(world.paid(world.start(world.charge(world.person(), 100_000))))
    for _turn in range(2):
        with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
            settle_provider(ctx, world.pay_channel.id, 100_000, 1_100, "bank:0011223344", "S1", NOW)
    assert world.trial() == {"bank:0011223344": 98_900, "provider_fee": 1_100, "income:fees": -100_000}


def test_many_charges_open_as_one_entry_and_use_what_people_have(world: World) -> None:
    people = [world.person(f"Học sinh {n}") for n in range(20)]
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        collect_cash(ctx, people[0], 30_000)
        split = {"income:fees": 40_000, "passthrough:bhyt": 60_000}
        new = [NewCharge(p, new_id(), 100_000, DUE_ON, credits=split) for p in people]
        free = NewCharge(people[1], new_id(), 0, DUE_ON)
        opened = charges.open_many(ctx, "test", [*new, free], memo="Đợt thu tháng 9")
    assert (opened.count, opened.due) == (21, 2_000_000)
    assert world.balance(people[0]) == ledger.Balance(credit=0, owed=70_000)
    books = world.trial()
    assert (books["income:fees"], books["passthrough:bhyt"]) == (-800_000, -1_200_000)
    references = world.column("SELECT reference FROM core_charge")
    assert len(set(references)) == 21
    assert all(reference.startswith("TRH") for reference in references)
    with pytest.raises(Conflict), world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.open_many(ctx, "test", new[:1])
    with pytest.raises(Invalid), world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.open(ctx, "test", NewCharge(people[0], new_id(), 5, DUE_ON, credits={"income:fees": 4}))


def test_a_reference_is_unique_for_ever_also_between_schools(world: World, other_school: UUID, db: Database) -> None:
    world.charge(world.person(), 1_000, reference="TRG8OE6C34U")
    with pytest.raises(Conflict):
        world.charge(world.person(), 1_000, reference="TRG8OE6C34U")
    other = World.build(db, other_school)
    stranger = other.person()
    with pytest.raises(Conflict):
        other.charge(stranger, 1_000, reference="TRG8OE6C34U")
    other.bring(other.credit("TRG8OE6C34U", 1_000, "X1"), channel=other.bank_channel)
    assert other.cases() == ["unmatched"]  # the other school's pupil is nobody here


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE core_ledger_balance SET amount = amount + 1 WHERE account = 'clearing:fakepay'",
        "UPDATE core_charge SET allocated = 1, state = 'open'",
        "UPDATE core_payment_attempt SET captured = 0",
        "UPDATE core_posting SET amount = amount + 1 WHERE amount > 0",
    ],
)
def test_verify_finds_what_was_tampered_with(world: World, sql: str) -> None:
    world.bring(world.paid(world.start(world.charge(world.person(), 5_000, due_on=date(2026, 9, 1)))))
    world.trial()
    owner = create_engine(world.db.url.replace("truong_app@", "postgres@"))
    with owner.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(sql))
    owner.dispose()
    with world.db.context(SYSTEM, world.school) as ctx:
        assert ledger.verify(ctx)


def test_references_drawn_by_the_database_are_as_good_as_the_program_s(world: World) -> None:
    person = world.person()
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.open_many(ctx, "test", [NewCharge(person, new_id(), 1_000, DUE_ON) for _n in range(1_500)])
    references = world.column("SELECT reference FROM core_charge")
    assert len(set(references)) == 1_500
    assert all(is_reference(reference) for reference in references)
    assert {sign for reference in references for sign in reference[3:]} == set(ALPHABET)


def test_a_reference_that_is_taken_by_chance_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first drawing gives every charge the same one."""
    same, first = "TRH" + ALPHABET[0] * 8, [True]

    def once(prefix: str, chance: str) -> ColumnElement[str]:
        return literal(same, Text()) if first and first.pop() else drawn(prefix, chance)

    monkeypatch.setattr(staging, "drawn", once)
    person = world.person()
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        charges.open_many(ctx, "test", [NewCharge(person, new_id(), 1_000, DUE_ON) for _n in range(10)])
    references = world.column("SELECT reference FROM core_charge")
    assert len(set(references)) == 10
    assert same in references
    world.trial()


def test_a_charge_needs_a_person_of_the_school_and_keeps_them(world: World, other_school: UUID, db: Database) -> None:
    """What foreign keys would say row by row, triggers say once a statement."""
    stranger = World.build(db, other_school).person()
    for nobody in (new_id(), stranger):
        with pytest.raises(IntegrityError):
            world.charge(nobody, 1_000)
        with pytest.raises(IntegrityError), world.db.context(SYSTEM, world.school) as ctx:
            ledger.post(ctx, _entry("nobody", nobody))
    owing, paying = world.person(), world.person()
    world.charge(owing, 1_000)
    with world.db.context(SYSTEM, world.school, clock=world.clock) as ctx:
        collect_cash(ctx, paying, 1_000)
    for person in (owing, paying):
        with pytest.raises(IntegrityError), world.db.context(SYSTEM, world.school) as ctx:
            ctx.session.execute(text("DELETE FROM core_person WHERE id = :id"), {"id": person})
