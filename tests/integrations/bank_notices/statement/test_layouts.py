"""The same movements in the layouts of other banks give the same decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.payments.matching import Decision, Result, match_statement
from integrations.bank_notices.statement import read_statement

from .golden import load, make_matcher
from .layouts import LAYOUTS, Movement, movements

_PLACES = {"sheet", "row", "duplicate_of"}


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[Movement]:
    return movements((shared / "data" / "bank-statement-2026-10.xlsx").read_bytes())


@pytest.mark.parametrize("lay_out", LAYOUTS, ids=lambda lay_out: lay_out.__name__)
def test_same_decisions(shared: Path, lines: list[Movement], lay_out: Callable[[Sequence[Movement]], bytes]) -> None:
    statement = read_statement(lay_out(lines))
    assert len(statement.lines) == 595
    assert statement.declared.opening == 612_345_678
    result = match_statement(statement, make_matcher(shared))
    wanted = {row["txn"]: row for row in load(shared, "bank-statement-2026-10.json")["rows"]}
    effective = [decision for decision in result.decisions if decision.outcome != "duplicate"]
    assert len(effective) == 591
    for decision in effective:
        row = wanted[decision.line.number]
        if row["outcome"] == "duplicate":  # the later copy; the earlier one is the same but for its place
            continue
        assert decision.outcome == row["outcome"], decision.line.text
        assert decision.how == row.get("how")
        assert [match.state_after for match in decision.matches] == [
            match["state_after"] for match in row.get("matches", ())
        ]
        assert decision.proposal_from_balance == row.get("proposal_from_balance")
    assert [gap.difference for gap in result.balance_gaps] == [-35_200_000]
    assert _at(result, result.balance_gaps[0].before).line.number == "FT26289EUAF84"
    assert result.credited == 697_353_550


def _at(result: Result, origin: object) -> Decision:
    return next(decision for decision in result.decisions if decision.line.origin == origin)
