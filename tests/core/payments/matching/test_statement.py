"""What only a whole statement shows, and what must hold for any statement."""

from __future__ import annotations

import time
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.payments.matching import (
    Declared,
    Due,
    Learner,
    Line,
    Matcher,
    Origin,
    Outcome,
    Reason,
    Statement,
    check_balance,
    match_statement,
)

from .make import DUES, ROLL, START, line, run


def test_two_equal_transfers_are_two_payments() -> None:
    first, second = run(line("TRGV90D4Y55", 250_000, row=1, minute=0), line("TRGV90D4Y55", 250_000, row=2, minute=0))
    assert [d.outcome for d in (first, second)] == [Outcome.MATCHED, Outcome.MATCHED]


def test_a_number_seen_before_is_a_duplicate() -> None:
    first, second = run(line("TRGV90D4Y55", number="FT1234567A"), line("TRGV90D4Y55", number="ft1234567a ", row=2))
    assert first.outcome is Outcome.MATCHED
    assert (second.outcome, second.duplicate_of, second.errors) == (
        Outcome.DUPLICATE,
        Origin("S", 1),
        ("E_DUPLICATE_LINE",),
    )


def test_the_earlier_line_counts_even_if_it_stands_below() -> None:
    later, earlier = run(line("a", number="FT1", minute=9), line("b", number="FT1", row=2, minute=3))
    assert (later.outcome, later.duplicate_of) == (Outcome.DUPLICATE, Origin("S", 2))
    assert earlier.outcome is Outcome.SUSPENSE


def test_lines_without_a_number_are_never_duplicates() -> None:
    lines = [Line(Origin("S", row), START, "", "TRGV90D4Y55", 1, 0) for row in (1, 2)]
    assert [decision.outcome for decision in run(*lines)] == [Outcome.MATCHED] * 2


def test_a_reversed_credit_has_no_effect() -> None:
    matcher = Matcher(DUES, ROLL)
    lines = (
        line("TRGV90D4Y55", 500_000, number="FT26277CG7TAW"),
        line("Huy lenh chuyen tienFT26277CG7TAWdo sai", 0, debit=500_000, number="FT26278YHAR66", row=2),
    )
    credit, debit = match_statement(Statement(lines), matcher).decisions
    assert (credit.outcome, credit.reversed_by) == (Outcome.REVERSED, "FT26278YHAR66")
    assert (debit.outcome, debit.reversal_of) == (Outcome.REVERSED, "FT26277CG7TAW")
    assert matcher.standings() == ()


def test_a_reversal_of_an_earlier_statement() -> None:
    text = "HOAN TRA GD FT26282SL3EP8"
    (debit,) = run(line(text, 0, debit=7_000), earlier={"FT26282SL3EP8": 7_000})
    assert (debit.outcome, debit.reversal_of) == (Outcome.REVERSED, "FT26282SL3EP8")
    (unknown,) = run(line(text, 0, debit=7_000))
    assert (unknown.outcome, unknown.reason) == (Outcome.SUSPENSE, Reason.REVERSAL_UNCLEAR)


def test_a_reversal_of_another_amount_or_a_second_one_is_for_a_person() -> None:
    credit = line("TRGV90D4Y55", 500_000, number="FT26277CG7TAW")
    text = "HOAN TRA GD FT26277CG7TAW"
    matched, unclear = run(credit, line(text, 0, debit=400_000, row=2))
    assert (matched.outcome, unclear.reason) == (Outcome.MATCHED, Reason.REVERSAL_UNCLEAR)
    _, _, second = run(credit, line(text, 0, debit=500_000, row=2), line(text, 0, debit=500_000, row=3))
    assert second.reason is Reason.REVERSAL_UNCLEAR


def test_an_amount_that_cannot_be_read() -> None:
    lines = (
        line("TRGV90D4Y55", 1_000, balance=11_000),
        line("TRGV90D4Y55", None, balance=19_000, row=2),
        line("PHI", 0, debit=None, balance=18_500, row=3),
        line("TRGV90D4Y55", None, balance=17_000, row=4),  # the balance says that money left: no proposal
        line("TRGV90D4Y55", 1_000, balance=18_000, row=5),
    )
    result = match_statement(Statement(lines, Declared(opening=10_000)), Matcher(DUES, ROLL))
    assert [d.outcome for d in result.decisions[1:4]] == [Outcome.UNREADABLE] * 3
    assert [d.proposal_from_balance for d in result.decisions] == [None, 8_000, 500, None, None]
    assert result.decisions[1].errors == ("E_AMOUNT_UNREADABLE",)
    assert result.balance_gaps == ()
    assert result.credited == 2_000


def test_what_notices_have_told_moved_the_account_too() -> None:
    """A notice tells a line before the statement does: neither a gap of the balance nor a wrong total."""
    told = line("TRGV90D4Y55", 1_000, number="FT1", balance=11_000)
    lines = (
        told,
        line("TRGV90D4Y55", 2_000, number="FT2", balance=13_000, row=2),
        line("TRGV90D4Y55", 1_000, number="FT1", balance=11_000, row=3),  # the same line in a second export
        line("TRGV90D4Y55", 4_000, number="FT4", balance=17_000, row=4),
    )
    statement = Statement(lines, Declared(opening=10_000, credit=7_000))
    result = match_statement(statement, Matcher(DUES, ROLL), {"FT1": 1_000})
    assert [d.outcome for d in result.decisions] == [
        Outcome.DUPLICATE, Outcome.MATCHED, Outcome.DUPLICATE, Outcome.MATCHED,
    ]  # fmt: skip
    assert result.balance_gaps == ()
    assert result.totals.credit_missing == 0
    assert result.credited == 6_000


def test_gaps_of_the_balance() -> None:
    lines = (
        line("x", 1_000, balance=11_500),
        line("x", 1_000, balance=None, row=2),
        line("x", 1_000, balance=13_500, row=3),
        line("x", 0, debit=500, balance=12_000, row=4),
    )
    gaps = check_balance(lines, 10_000).gaps
    assert [(gap.before.row, gap.difference) for gap in gaps] == [(1, 500), (4, -1_000)]
    assert check_balance(lines[1:3], None).gaps == ()


def test_newest_first_is_turned_round() -> None:
    lines = [
        line("TRGV90D4Y55", 300_000, row=row, minute=90 - row, balance=900_000 - 300_000 * row) for row in (0, 1, 2)
    ]
    decisions = run(*lines)
    assert [d.matches[0].difference for d in decisions] == [400_000, 100_000, -200_000]


def test_one_day_without_times_is_turned_round_by_its_balances() -> None:
    lines = [line("TRGV90D4Y55", 300_000, row=row, minute=0, balance=900_000 - 300_000 * row) for row in (0, 1, 2)]
    assert [d.matches[0].difference for d in run(*lines)] == [400_000, 100_000, -200_000]


_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from([due.reference for due in DUES]),
    st.sampled_from([learner.name + " " + learner.class_name for learner in ROLL]),
    st.sampled_from(["TRGV90D4", "TRGIOKWL0AA", "PHI", "NOP TIEN MAT", "TRG", "HOAN TRA GD FT2600000003X"]),
)
_AMOUNTS = st.one_of(st.none(), st.integers(0, 3_000_000), st.sampled_from([due.amount for due in DUES]))


@st.composite
def _statements(draw: st.DrawFn) -> Statement:
    count = draw(st.integers(0, 12))
    lines = []
    for row in range(count):
        text = " ".join(draw(st.lists(_TEXTS, max_size=3)))
        credit, debit = draw(_AMOUNTS), 0
        if credit and draw(st.booleans()):
            credit, debit = 0, credit
        number = draw(st.sampled_from(["", f"FT26{row:08d}X", "FT2600000003X"]))
        balance = draw(st.one_of(st.none(), st.integers(-(10**12), 10**12)))
        booked = draw(st.one_of(st.none(), st.integers(0, 9999).map(lambda m: START + timedelta(minutes=m))))
        lines.append(Line(Origin("S", row), booked, number, text, credit, debit, balance))
    return Statement(tuple(lines))


@given(_statements())
@settings(max_examples=150, deadline=None)
def test_what_must_hold_for_any_statement(statement: Statement) -> None:
    matcher = Matcher(DUES, ROLL)
    result = match_statement(statement, matcher)
    assert [decision.line for decision in result.decisions] == list(statement.lines)
    for decision in result.decisions:
        line = decision.line
        assert bool(decision.matches) == (decision.outcome is Outcome.MATCHED)
        assert bool(decision.candidates) == (decision.outcome is Outcome.PROPOSED)
        assert bool(decision.reason) == (decision.outcome is Outcome.SUSPENSE)
        if decision.matches:  # not one dong is lost or made
            assert sum(match.amount for match in decision.matches) == line.credit
            assert all(match.amount > 0 for match in decision.matches)
    received = {standing.reference: standing.received for standing in result.standings}
    assert sum(received.values()) == result.credited
    assert match_statement(statement, Matcher(DUES, ROLL)).decisions == result.decisions  # nothing but the input counts
    numbers = {line.number: line.credit or 0 for line in statement.lines if line.number}
    again = match_statement(statement, Matcher(DUES, ROLL), numbers)
    assert all(d.outcome is Outcome.DUPLICATE for d in again.decisions if d.line.number)


def test_growth_is_linear_in_lines_and_flat_in_references() -> None:
    """A line costs the same whether 500 or 20,000 references are known (ratio measured in one run)."""
    few, many = (_time_of_lines(references) for references in (500, 20_000))
    assert many < 6 * few


def _time_of_lines(references: int) -> float:
    learners = [
        Learner(str(n), f"Nguyễn {chr(65 + n % 26)}n {n // 26:x}", "1A", f"22{n:08d}") for n in range(references)
    ]
    matcher = Matcher((Due(f"TRG{n:08X}", str(n), 1_000) for n in range(references)), learners)
    lines = [line(f"MBVCB.TRG{n:08X} NOP TIEN HOC PHI" if n % 2 else f"nop tien hoc {n}", 1_000) for n in range(1_000)]
    matcher.decide(lines[0])
    matcher.decide(line("TRG0000I nop"))  # builds the indexes that are made when they are needed
    start = time.perf_counter()
    for each in lines:
        matcher.decide(each)
    return time.perf_counter() - start
