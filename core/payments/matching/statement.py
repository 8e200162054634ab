"""A whole statement: order, duplicates, reversals, balance, then the rules for each line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .balance import BalanceCheck, Gap, Totals, check_balance, total
from .lines import Line, Statement
from .matcher import Matcher
from .order import Relations, in_file_order, in_time_order, relate
from .outcomes import Decision, Kind, Outcome, Reason
from .owners import Standing
from .text import squeeze


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a person and a service need to know of a statement."""

    decisions: tuple[Decision, ...]
    """In the order of the file."""
    balance_gaps: tuple[Gap, ...]
    totals: Totals
    standings: tuple[Standing, ...]
    """After the statement: references that money has come in for."""

    @property
    def credited(self) -> int:
        """What was posted to learners, in dong."""
        return sum(match.amount for decision in self.decisions for match in decision.matches)


def match_statement(statement: Statement, matcher: Matcher, earlier: Mapping[str, int] | None = None) -> Result:
    """Decide on every line of a statement, in order of time.

    Args:
        statement: as read, in the order of the file.
        matcher: knows references, persons and what has come in before; it is changed by certain matches.
        earlier: transaction numbers of earlier statements and notices, with the amount that each credited
            (0 for debits).
    """
    filed = in_file_order(statement.lines)
    ordered = in_time_order(filed)
    relations = relate(ordered, earlier or {})
    moved = _moved(filed, relations)
    balance = _check(moved, statement)
    decisions = {line.origin: _decide(line, matcher, relations, balance) for line in ordered}
    return Result(
        decisions=tuple(decisions[line.origin] for line in statement.lines),
        balance_gaps=balance.gaps,
        totals=total(moved, statement.declared),
        standings=matcher.standings(),
    )


def _moved(filed: list[Line], relations: Relations) -> list[Line]:
    """Each movement of the file once. One that a notice has told before moved the account all the same."""
    known: set[str] = set()
    moved: list[Line] = []
    for line in filed:
        number = squeeze(line.number)
        if line.origin not in relations.duplicates or (
            relations.duplicates[line.origin] is None and number not in known
        ):
            moved.append(line)
        known.add(number)
    return moved


def _check(moved: list[Line], statement: Statement) -> BalanceCheck:
    """Banks list lines as booked; exports pasted together need the order of time: the one that fits better."""
    opening = statement.declared.opening
    as_filed = check_balance(moved, opening)
    if not as_filed.gaps:
        return as_filed
    as_timed = check_balance(in_time_order(moved), opening)
    return as_timed if len(as_timed.gaps) < len(as_filed.gaps) else as_filed


def _decide(line: Line, matcher: Matcher, relations: Relations, balance: BalanceCheck) -> Decision:
    origin = line.origin
    if origin in relations.duplicates:
        return Decision(line, Outcome.DUPLICATE, duplicate_of=relations.duplicates[origin])
    if not line.readable:
        return Decision(line, Outcome.UNREADABLE, proposal_from_balance=balance.proposals.get(origin))
    if origin in relations.reversed:
        return Decision(line, Outcome.REVERSED, Kind.FEE_PAYMENT, reversed_by=relations.reversed[origin])
    if origin in relations.reversals:
        return Decision(line, Outcome.REVERSED, Kind.REVERSAL, reversal_of=relations.reversals[origin])
    if origin in relations.unclear:
        return Decision(line, Outcome.SUSPENSE, Kind.REVERSAL, reason=Reason.REVERSAL_UNCLEAR)
    return matcher.decide(line)
