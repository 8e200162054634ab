"""The states of a record: whatever happens in whatever order, it counts exactly when it should."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from itertools import permutations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from plugins.transcripts.rules.slots import ORDER, Place, Role, before
from plugins.transcripts.rules.states import (
    ENDED,
    IN_FORCE,
    IN_WORK,
    TURN,
    Event,
    NotAllowed,
    Record,
    Refused,
    State,
    after,
    freeze,
    refusal,
    sign,
)

MATHS, ART = Place(Role.SUBJECT, "toan"), Place(Role.SUBJECT, "mithuat")
HOMEROOM, HEAD, SEAL = Place(Role.HOMEROOM), Place(Role.PRINCIPAL), Place(Role.SEAL)
PLACES = frozenset({MATHS, ART, HOMEROOM, HEAD, SEAL})


def test_every_state_is_of_one_kind() -> None:
    assert {*IN_WORK, *IN_FORCE, *ENDED} == {*State}
    assert len(IN_WORK) + len(IN_FORCE) + len(ENDED) == len(State)
    assert set(TURN) == set(ORDER) == set(Role) and set(TURN.values()) == IN_WORK


def test_only_orders_in_which_everybody_waits_for_those_before_lead_to_the_seal() -> None:
    good = 0
    for order in permutations(sorted(PLACES)):
        record = freeze(PLACES)
        try:
            for place in order:
                record = sign(record, place)
        except NotAllowed as error:
            assert error.why is Refused.TOO_EARLY and record.state in IN_WORK
            continue
        good += 1
        assert record.counts and record.state is State.SEALED
        assert all(order.index(other) < order.index(place) for place in PLACES for other in before(place, PLACES))
    assert good == 2, "the two subject teachers may change places, nobody else"


def test_without_subject_teachers_the_homeroom_teacher_begins() -> None:
    record = freeze(frozenset({HOMEROOM, HEAD, SEAL}))
    assert record.state is State.SUBJECTS_SIGNED and refusal(record, HOMEROOM) is None
    assert refusal(record, MATHS) is Refused.NO_SUCH_PLACE


@pytest.mark.parametrize("event", [event for event in Event if event not in (Event.FREEZE, Event.SIGN)])
@pytest.mark.parametrize("state", list(State))
def test_steps_lead_only_where_they_may(state: State, event: Event) -> None:
    record = Record(PLACES, PLACES, state)
    try:
        found = after(record, event)
    except NotAllowed:
        assert state in ENDED or event in (Event.ISSUE, Event.SUBMIT, Event.ACCEPT, Event.REJECT) or (
            (event is Event.REOPEN) != (state in IN_WORK)
        )  # fmt: skip
        return
    assert state not in ENDED, "an end is an end"
    assert found.state in ENDED or (state in IN_FORCE and found.state in IN_FORCE)
    assert found.signed == (frozenset() if event is Event.REOPEN else PLACES)


@dataclass
class Paper:
    """A record as it is kept outside: whoever checks it sees signatures and the log, and nothing else."""

    record: Record
    content: str
    signatures: dict[Place, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def covered(self, place: Place) -> str:
        """What a signature at this place covers: the content, and from the homeroom teacher on all before."""
        earlier = sorted(before(place, self.record.places))
        return hashlib.sha256(
            "|".join([self.content, *(self.signatures.get(one, "?") for one in earlier)]).encode()
        ).hexdigest()

    def verifies(self) -> bool:
        """As a stranger checks it: every place signed over what is there, in the log, not revoked or replaced."""
        return all(
            self.signatures.get(place) == f"{place.role}{place.subject}:{self.covered(place)}"
            for place in self.record.places
        ) and self.log[-1:] == ["issue"]


class Lives(RuleBasedStateMachine):
    """Two versions of one record, signed, failed, resumed, opened again, revoked and replaced in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.papers: list[Paper] = [Paper(freeze(PLACES), "v1")]
        self.orders: list[tuple[int, Place, str]] = []

    @rule(which=st.integers(0, 9), place=st.sampled_from(sorted(PLACES)))
    def order(self, which: int, place: Place) -> None:
        """A signature is asked for: the service signs what the paper is now."""
        at = which % len(self.papers)
        paper = self.papers[at]
        if refusal(paper.record, place) is None:
            self.orders.append((at, place, f"{place.role}{place.subject}:{paper.covered(place)}"))

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 50), good=st.booleans(), again=st.booleans())
    def answer(self, which: int, good: bool, again: bool) -> None:
        """It comes back: right or wrong, once or twice, perhaps when the record has gone on."""
        at, place, signature = self.orders[which % len(self.orders)]
        if not again:
            self.orders.remove((at, place, signature))
        paper = self.papers[at]
        fits = signature == f"{place.role}{place.subject}:{paper.covered(place)}" and good
        if not fits or refusal(paper.record, place) is not None:
            return
        paper.record = sign(paper.record, place)
        paper.signatures[place] = signature
        if paper.record.state is State.SEALED:
            for other in self.papers:
                if other is not paper and other.record.state in IN_FORCE:
                    other.record = after(other.record, Event.REPLACE)
                    other.log.append("replace")
            paper.record = after(paper.record, Event.ISSUE)
            paper.log.append("issue")

    @rule(which=st.integers(0, 9), event=st.sampled_from([Event.REOPEN, Event.REVOKE, Event.SUBMIT, Event.REJECT]))
    def step(self, which: int, event: Event) -> None:
        """Somebody opens it again, revokes it, sends it."""
        paper = self.papers[which % len(self.papers)]
        try:
            paper.record = after(paper.record, event)
        except NotAllowed:
            return
        if event is Event.REOPEN:
            paper.signatures = {}
        if event is Event.REVOKE:
            paper.log.append("revoke")

    @precondition(lambda self: all(paper.record.state not in IN_WORK for paper in self.papers))
    @rule()
    def correct(self) -> None:
        """Another version is made; only one is in work at a time."""
        self.papers.append(Paper(freeze(PLACES), f"v{len(self.papers) + 1}"))

    @invariant()
    def counts_exactly_when_it_verifies(self) -> None:
        for paper in self.papers:
            assert paper.verifies() == paper.record.counts, paper
        assert sum(paper.record.counts for paper in self.papers) <= 1, "two versions count at once"
        assert sum(paper.record.state in IN_WORK for paper in self.papers) <= 1

    @invariant()
    def signed_is_what_is_there(self) -> None:
        for paper in self.papers:
            assert set(paper.signatures) == paper.record.signed


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_signature_made_for_an_earlier_version_counts_nowhere() -> None:
    record = sign(freeze(PLACES), MATHS)
    given_up = after(record, Event.REOPEN)
    assert given_up.signed == frozenset() and refusal(given_up, ART) is Refused.NOT_IN_WORK
    assert refusal(replace(given_up, state=State.REVOKED), MATHS) is Refused.NOT_IN_WORK
