"""The shared statement: every row equal to what the specification expects."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.payments.matching import Result, Statement, match_statement
from integrations.bank_notices.statement import read_statement

from .golden import Json, as_expected, load, make_matcher

_ALWAYS = set(
    "status warnings errors outcome matches candidates how reason payer_hint sibling_hint".split()  # noqa: SIM905
)


@pytest.fixture(scope="module")
def statement(shared: Path) -> Statement:
    return read_statement((shared / "data" / "bank-statement-2026-10.xlsx").read_bytes())


@pytest.fixture(scope="module")
def result(shared: Path, statement: Statement) -> Result:
    return match_statement(statement, make_matcher(shared))


@pytest.fixture(scope="module")
def expected(shared: Path) -> Json:
    return load(shared, "bank-statement-2026-10.json")


def test_every_row(result: Result, expected: Json) -> None:
    assert len(result.decisions) == len(expected["rows"])
    for decision, wanted in zip(result.decisions, expected["rows"], strict=True):
        row = as_expected(decision)
        names = _ALWAYS | (wanted.keys() - {"continued_in_row"})
        assert {name: row.get(name) or None for name in names} == {name: wanted.get(name) or None for name in names}, (
            f"row {wanted['row']}"
        )


def test_learner_states(result: Result, expected: Json) -> None:
    states = [
        {
            "ref": standing.reference,
            "mahocsinh": standing.owner,
            "due": standing.due,
            "received": standing.received,
            "state": standing.state.value,
        }
        for standing in result.standings
    ]
    assert states == expected["learner_states"]
    assert result.credited == expected["summary"]["credited_to_learners"]


def test_balance(statement: Statement, result: Result, expected: Json) -> None:
    gaps = [{"before_row": gap.before.row, "difference": gap.difference} for gap in result.balance_gaps]
    assert gaps == expected["balance_gaps"]
    declared = statement.declared
    assert {
        "opening": declared.opening,
        "debit": declared.debit,
        "credit": declared.credit,
        "closing": declared.closing,
    } == expected["declared"]
    assert result.totals.debit_missing == 35_200_000  # the line that the bank left out
    assert result.totals.credit_missing == 1_308_800  # the amount that cannot be read


def test_rows_that_are_no_lines(statement: Statement, expected: Json) -> None:
    ignored = [(row.origin.row, row.kind.value, row.of and row.of.row) for row in statement.ignored]
    assert ignored == [(row["row"], row["kind"], row.get("of_row")) for row in expected["ignored_rows"]]


def test_the_same_statement_again_changes_nothing(shared: Path, statement: Statement) -> None:
    matcher = make_matcher(shared)
    first = match_statement(statement, matcher)
    numbers = {line.number: line.credit or 0 for line in statement.lines}
    again = match_statement(statement, matcher, earlier=numbers)
    assert {decision.outcome.value for decision in again.decisions} == {"duplicate"}
    assert again.standings == first.standings
