"""The states of a version of a year's record, and which step is allowed when (transcripts.md 4, signing.md 12).

Signatures move a record on by themselves: its state follows from the places that are signed. Nothing here knows a
database; `services` keep what these functions decide, in one transaction with what was done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .slots import Place, Role, before


class State(StrEnum):
    FROZEN = "frozen"
    """The file is made and is not changed any more; subject teachers sign."""
    SUBJECTS_SIGNED = "subjects_signed"
    HOMEROOM_SIGNED = "homeroom_signed"
    PRINCIPAL_SIGNED = "principal_signed"
    SEALED = "sealed"
    """In force: everybody has signed."""
    ISSUED = "issued"
    """Timestamped and in the log."""
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """By the department or the ministry; the record itself is in force until it is replaced."""
    REOPENED = "reopened"
    """Given up before it was sealed; its signatures count no more."""
    REVOKED = "revoked"
    REPLACED = "replaced"


IN_WORK = frozenset({State.FROZEN, State.SUBJECTS_SIGNED, State.HOMEROOM_SIGNED, State.PRINCIPAL_SIGNED})
IN_FORCE = frozenset({State.SEALED, State.ISSUED, State.SUBMITTED, State.ACCEPTED, State.REJECTED})
ENDED = frozenset({State.REOPENED, State.REVOKED, State.REPLACED})


TURN: Mapping[Role, State] = {
    Role.SUBJECT: State.FROZEN,
    Role.HOMEROOM: State.SUBJECTS_SIGNED,
    Role.PRINCIPAL: State.HOMEROOM_SIGNED,
    Role.SEAL: State.PRINCIPAL_SIGNED,
}
"""In which state of a record it is a role's turn to sign."""


class Event(StrEnum):
    FREEZE = "freeze"
    SIGN = "sign"
    ISSUE = "issue"
    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    REOPEN = "reopen"
    REVOKE = "revoke"
    REPLACE = "replace"


class Refused(StrEnum):
    """Why a step is not allowed."""

    NOT_IN_WORK = "not_in_work"
    NOT_IN_FORCE = "not_in_force"
    NO_SUCH_PLACE = "no_such_place"
    SIGNED_ALREADY = "signed_already"
    TOO_EARLY = "too_early"
    """Somebody who signs before has not signed yet."""
    WRONG_STATE = "wrong_state"


class NotAllowed(Exception):
    """A step that the state of the record does not allow."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Record:
    """As much of a version as decides what may happen to it."""

    places: frozenset[Place]
    signed: frozenset[Place] = frozenset()
    state: State = State.FROZEN

    @property
    def counts(self) -> bool:
        """Whether somebody who checks it has to find it good."""
        return self.state in IN_FORCE


_AFTER: dict[Event, tuple[frozenset[State], State]] = {
    Event.ISSUE: (frozenset({State.SEALED}), State.ISSUED),
    Event.SUBMIT: (frozenset({State.ISSUED, State.REJECTED}), State.SUBMITTED),
    Event.ACCEPT: (frozenset({State.SUBMITTED}), State.ACCEPTED),
    Event.REJECT: (frozenset({State.SUBMITTED}), State.REJECTED),
    Event.REOPEN: (IN_WORK, State.REOPENED),
    Event.REVOKE: (IN_FORCE, State.REVOKED),
    Event.REPLACE: (IN_FORCE, State.REPLACED),
}


def freeze(places: frozenset[Place]) -> Record:
    """A new version. One without subject teachers' places (primary school, article 19 of Circular 27/2020) begins
    where they would have signed."""
    record = Record(places)
    return replace(record, state=reached(record))


def reached(record: Record) -> State:
    """The state that follows from the signatures of a version that is in work."""
    missing = {place.role for place in record.places - record.signed}
    return next((state for role, state in TURN.items() if role in missing), State.SEALED)


def refusal(record: Record, place: Place) -> Refused | None:
    """Why a place cannot be signed now; None when it can."""
    if record.state not in IN_WORK:
        return Refused.NOT_IN_WORK
    if place not in record.places:
        return Refused.NO_SUCH_PLACE
    if place in record.signed:
        return Refused.SIGNED_ALREADY
    return None if before(place, record.places) <= record.signed else Refused.TOO_EARLY


def sign(record: Record, place: Place) -> Record:
    """The record with one more signature.

    Raises:
        NotAllowed: with the reason of `refusal`.
    """
    if (why := refusal(record, place)) is not None:
        raise NotAllowed(why)
    signed = replace(record, signed=record.signed | {place})
    return replace(signed, state=reached(signed))


def after(record: Record, event: Event) -> Record:
    """The record after a step that is no signature; opening it again drops its signatures.

    Raises:
        NotAllowed.
    """
    allowed, state = _AFTER[event]
    if record.state not in allowed:
        why = Refused.NOT_IN_WORK if allowed == IN_WORK else Refused.NOT_IN_FORCE if allowed == IN_FORCE else None
        raise NotAllowed(why or Refused.WRONG_STATE)
    return replace(record, state=state, signed=frozenset() if event is Event.REOPEN else record.signed)
