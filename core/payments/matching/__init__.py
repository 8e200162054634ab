"""Matching of bank lines to payment references: pure rules, no I/O (import specification, "Bank statement").

1. Text without accents, in capitals, letters and digits only (`text`). A known reference is certain
   (`references`).
2. Two known references: certain if the amount is the sum of what both still owe (`matcher`).
3. Proposed, never posted: cut reference, O/0 and I/1 confused, pupil code, name and class, unique name
   (`people`).
4. Suspense: unknown reference, a name of several pupils, nothing at all; a parent's name as a hint
   (`matcher`).
5. Reversed credits and duplicates (`order`); movements that are no fees (`kinds`).
6. Unreadable amounts, gaps of the running balance (`balance`).
"""

from .balance import BalanceCheck, Gap, Totals, check_balance
from .lines import Declared, IgnoredKind, IgnoredRow, Line, Origin, Statement
from .matcher import Matcher
from .outcomes import Candidate, Decision, How, Kind, Match, Outcome, Reason, State, Status
from .owners import Due, Learner, Standing
from .statement import Result, match_statement

__all__ = [
    "BalanceCheck",
    "Candidate",
    "Decision",
    "Declared",
    "Due",
    "Gap",
    "How",
    "IgnoredKind",
    "IgnoredRow",
    "Kind",
    "Learner",
    "Line",
    "Match",
    "Matcher",
    "Origin",
    "Outcome",
    "Reason",
    "Result",
    "Standing",
    "State",
    "Statement",
    "Status",
    "Totals",
    "check_balance",
    "match_statement",
]
