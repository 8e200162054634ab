"""The rules in their order, for one line after the other: certain, proposed, no fee, suspense."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .kinds import credit_kind, debit_kind, says_reversal
from .lines import Line
from .outcomes import Candidate, Decision, How, Kind, Match, Outcome, Reason
from .owners import Due, Learner, Standing
from .people import People
from .references import ReferenceIndex
from .text import Memo, squeeze


class Matcher:
    """Known references and persons; knows what came in so far. Feed it lines in order of time.

    Pure: no input or output, no clock; the same dues and lines give the same decisions.
    """

    def __init__(self, dues: Iterable[Due], learners: Iterable[Learner] = ()) -> None:
        """Build the indexes.

        Args:
            dues: what is owed under each registered reference; an owner may have several.
            learners: the whole roll, billed or not, in the order in which hints shall appear.

        Raises:
            ValueError: a reference is shorter than 8 letters and digits, or stands for two owners.
        """
        self._standings: dict[str, Standing] = {}
        self._of_owner: dict[str, list[Standing]] = {}
        spelled: dict[str, Standing] = {}
        for due in dues:
            known = spelled.get(squeeze(due.reference))
            if known:
                raise ValueError("a reference is registered twice")
            standing = Standing(due.reference, due.owner, due.amount, due.received)
            spelled[squeeze(due.reference)] = self._standings[due.reference] = standing
            self._of_owner.setdefault(due.owner, []).append(standing)
        roll = list(learners)
        self._learners = {learner.key: learner for learner in roll}
        self._families: dict[str, list[str]] = {}
        for learner in roll:
            if learner.family:
                self._families.setdefault(learner.family, []).append(learner.key)
        self._references = ReferenceIndex(self._standings)
        self._people = People(roll)

    def standings(self) -> tuple[Standing, ...]:
        """References that money has come in for, in the order in which they were registered; copies."""
        return tuple(replace(standing) for standing in self._standings.values() if standing.received)

    def decide(self, line: Line) -> Decision:
        """Decide on one line by itself; a certain match counts for all lines that follow.

        Duplicates and reversals are a matter of the whole statement: see `match_statement`.
        """
        if line.credit is None or line.debit is None:
            return Decision(line, Outcome.UNREADABLE)
        memo = Memo.of(line.text)
        if line.debit or not line.credit:
            return _debit(line, memo)
        references = [self._standings[reference] for reference in self._references.whole(memo)]
        if references:
            return self._certain(line, line.credit, references)
        how, candidates = self._by_evidence(memo, line.credit)
        if how:
            return Decision(line, Outcome.PROPOSED, Kind.FEE_PAYMENT, how=how, candidates=candidates)
        if kind := credit_kind(memo):
            return Decision(line, Outcome.NOT_A_FEE, kind)
        return self._by_name_or_suspense(line, memo, line.credit)

    def _certain(self, line: Line, credit: int, references: Sequence[Standing]) -> Decision:
        """Rules 1 and 2: one reference takes the whole amount, several only the sum that they still owe."""
        if len(references) == 1:
            hints = self._siblings(references[0], credit)
            matches: tuple[Match, ...] = (_post(references[0], credit),)
            return Decision(line, Outcome.MATCHED, Kind.FEE_PAYMENT, matches, sibling_hints=hints)
        if credit == sum(standing.open for standing in references):
            matches = tuple(_post(standing, standing.open) for standing in references if standing.open)
            return Decision(line, Outcome.MATCHED, Kind.FEE_PAYMENT, matches)
        return Decision(
            line,
            Outcome.PROPOSED,
            Kind.FEE_PAYMENT,
            how=How.TWO_REFERENCES_OTHER_AMOUNT,
            candidates=tuple(Candidate(standing.reference, standing.owner) for standing in references),
        )

    def _siblings(self, standing: Standing, credit: int) -> tuple[Candidate, ...]:
        """One reference, and the sum of two siblings: the other one, as a hint."""
        learner = self._learners.get(standing.owner)
        rest = credit - standing.open
        if learner is None or not learner.family or rest <= 0:
            return ()
        return tuple(
            Candidate(other.reference, key)
            for key in self._families[learner.family]
            if key != standing.owner
            for other in self._of_owner.get(key, ())
            if other.open == rest
        )

    def _by_evidence(self, memo: Memo, credit: int) -> tuple[How | None, tuple[Candidate, ...]]:
        """Rule 3 up to name and class; the first rule that finds anybody counts."""
        for how, find in (
            (How.CONFUSED_CHARACTERS, self._references.confused),
            (How.CUT_REFERENCE, self._references.cut),
        ):
            if found := find(memo):
                return how, tuple(Candidate(ref, self._standings[ref].owner) for ref in found)
        if coded := self._people.by_code(memo):
            return How.PUPIL_CODE, self._candidates(coded, credit)
        if named := self._people.by_name_and_class(memo).learners:
            return How.NAME_AND_CLASS, self._candidates(named, credit)
        return None, ()

    def _by_name_or_suspense(self, line: Line, memo: Memo, credit: int) -> Decision:
        """The last of rule 3, a name that only one pupil bears, and rule 4."""
        twice_in_class = self._people.by_name_and_class(memo).ambiguous
        named = self._people.by_name(memo)
        if named.learners and not twice_in_class:
            candidates = self._candidates(named.learners, credit)
            return Decision(line, Outcome.PROPOSED, Kind.FEE_PAYMENT, how=How.NAME_ONLY, candidates=candidates)
        if self._references.looks_unknown(memo):
            reason = Reason.UNKNOWN_REFERENCE
        elif named.ambiguous or twice_in_class:
            reason = Reason.AMBIGUOUS_NAME
        else:
            reason = Reason.NO_INFORMATION
        hints = self._payer_hints(memo, line.payer, credit)
        return Decision(line, Outcome.SUSPENSE, Kind.FEE_PAYMENT, reason=reason, payer_hints=hints)

    def _payer_hints(self, memo: Memo, payer: str, credit: int) -> tuple[Candidate, ...]:
        """Children of a parent with the payer's name: who owe just this amount, else who owe, else all."""
        children = self._people.children_of_payer(memo, payer)
        accounts = [standing for child in children for standing in self._of_owner.get(child.key, ())]
        owing = [standing for standing in accounts if standing.open]
        exact = [standing for standing in owing if standing.open == credit]
        return tuple(Candidate(standing.reference, standing.owner) for standing in exact or owing or accounts)

    def _candidates(self, learners: Iterable[Learner], credit: int) -> tuple[Candidate, ...]:
        return tuple(Candidate(self._likely(learner.key, credit), learner.key) for learner in learners)

    def _likely(self, owner: str, credit: int) -> str | None:
        """Of one owner's references: the one that owes this amount, else the first that owes, else any."""
        accounts = self._of_owner.get(owner, [])
        owing = [standing for standing in accounts if standing.open]
        exact = [standing for standing in owing if standing.open == credit]
        return next((standing.reference for standing in (*exact, *owing, *accounts)), None)


def _post(standing: Standing, amount: int) -> Match:
    standing.received += amount
    return Match(standing.reference, standing.owner, amount, standing.state, standing.difference)


def _debit(line: Line, memo: Memo) -> Decision:
    """Rule 5 for money that leaves; a reversal of nothing we know is for a person."""
    if line.debit and says_reversal(memo):
        return Decision(line, Outcome.SUSPENSE, Kind.REVERSAL, reason=Reason.REVERSAL_UNCLEAR)
    return Decision(line, Outcome.NOT_A_FEE, debit_kind(memo) if line.debit else Kind.OTHER)
