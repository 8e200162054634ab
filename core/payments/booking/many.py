"""Thousands of movements of one account at once: the same books as one after the other, in a few statements.

A person's money depends on nobody else's, so lines are booked in rounds in which every person stands once: the first
line of each person, then the second, in the order of the file. Whoever calls holds the account (`hold_account`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.data.bulk import in_memory, refresh_statistics
from core.data.context import Context
from core.payments.accounts import STUDENT_BALANCE, SUSPENSE
from core.payments.cases_open import Opening, open_cases
from core.payments.channels import Channel
from core.payments.port import Fact, FactKind
from core.types.contributions import Payload, Progress
from core.work import events

from . import evidence as ev
from .allocation import Allocated, lock_many
from .evidence import Origin
from .evidence_many import add_many, given, project_many
from .incoming import collected, suspended, too_much
from .outcome import Applied
from .paying_many import Paid, Share, book_and_pay
from .recognise import Placement

_BATCH = 5000
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Movement:
    """A fact of an account, whose money it is, and the movement that it takes back or that takes it back."""

    fact: Fact
    placement: Placement
    reverses: str | None = None

    @property
    def brings(self) -> bool:
        """Whether money comes in that stays."""
        return self.fact.kind is FactKind.CREDIT and self.reverses is None


Placed = tuple[int, Movement]
"""A movement and its place among all."""


def book_movements(
    ctx: Context, channel: Channel, movements: Sequence[Movement], origin: Origin, progress: Progress | None = None
) -> list[Applied]:
    """Book credits, and pairs of a credit and the debit that took it back; what became of each, in their order."""
    if not movements:
        return []
    if len(movements) >= _MANY:
        in_memory(ctx)
    placements = [m.placement for m in movements if m.brings]
    named = [placement.attempt_id for placement in placements]
    attempts = ev.lock_attempts(ctx, [], [one for one in named if one])
    lock_many(ctx, {part.person_id for placement in placements for part in placement.parts})
    pairs = [given(channel, place, m.fact, reverses=m.reverses) for place, m in enumerate(movements) if not m.brings]
    new = add_many(ctx, channel, pairs, origin)
    for batch in _batches(movements):
        new |= _book(ctx, channel, batch, origin)
        if progress is not None:
            progress(len(new), len(movements))
    project_many(ctx, list(attempts.values()))
    if len(new) >= _MANY:
        refresh_statistics(ctx, "core_evidence", "core_journal_entry", "core_posting", "core_charge", rows=len(new))
    return [
        Applied.KNOWN if place not in new else Applied.BOOKED if movement.brings else Applied.NOTED
        for place, movement in enumerate(movements)
    ]


def _batches(movements: Sequence[Movement]) -> Iterator[Sequence[Placed]]:
    """What nobody can be named for, then rounds in which every person stands once."""
    lost: list[Placed] = []
    rounds: list[list[Placed]] = []
    seen: dict[UUID, int] = {}
    for placed in enumerate(movements):
        movement = placed[1]
        if not movement.brings:
            continue
        people = [part.person_id for part in movement.placement.parts]
        if not people:
            lost.append(placed)
            continue
        turn = max(seen.get(person, 0) for person in people)
        seen.update(dict.fromkeys(people, turn + 1))
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(placed)
    for turn_of_all in (lost, *rounds):
        for start in range(0, len(turn_of_all), _BATCH):
            yield turn_of_all[start : start + _BATCH]


def _book(ctx: Context, channel: Channel, batch: Sequence[Placed], origin: Origin) -> set[int]:
    """Post money to those it is for, let it pay charges, and tell; the places of facts that were new."""
    facts = [given(channel, place, m.fact, attempt_id=m.placement.attempt_id) for place, m in batch]
    shares = [
        Share(place, STUDENT_BALANCE, part.amount, part.person_id) for place, m in batch for part in m.placement.parts
    ]
    shares += [Share(place, SUSPENSE, m.fact.amount) for place, m in batch if not m.placement.parts]
    first = [charge for _place, m in batch for part in m.placement.parts for charge in part.charges]
    paid = book_and_pay(ctx, channel, facts, shares, first, origin)
    movements = dict(batch)
    if batch[0][1].placement.parts:
        _tell_people(ctx, movements, paid)
    else:
        _tell_suspense(ctx, channel, movements, paid)
    return {row.place for row in paid}


def _tell_people(ctx: Context, movements: Mapping[int, Movement], paid: Sequence[Paid]) -> None:
    """An event for each person, a case where money is left over."""
    used: dict[tuple[int, UUID], list[Allocated]] = {}
    of: dict[int, Paid] = {}
    for row in paid:
        of[row.place] = row
        if row.person_id is None:
            continue
        mine = used.setdefault((row.place, row.person_id), [])
        if row.charge_id is not None and row.amount is not None:
            mine.append(Allocated(row.charge_id, row.person_id, row.amount, bool(row.settled)))
    tell: list[Payload] = []
    cases: list[Opening] = []
    for (place, person), allocated in used.items():
        placement, row = movements[place].placement, of[place]
        parts = [part for part in placement.parts if part.person_id == person]
        about = (row.entry_id, parts, allocated, row.evidence_id, placement.attempt_id)
        tell.append(collected(*about))
        if over := too_much(*about):
            cases.append(over)
    open_cases(ctx, cases)
    events.emit_many(ctx, "payments.collected", tell)


def _tell_suspense(ctx: Context, channel: Channel, movements: Mapping[int, Movement], paid: Sequence[Paid]) -> None:
    """A case for each."""
    cases = [
        suspended(channel, movements[row.place].fact, row.evidence_id, movements[row.place].placement) for row in paid
    ]
    made: Mapping[str, UUID] = open_cases(ctx, cases)
    tell: list[Payload] = [
        {
            "case": str(made[c.subject]) if c.subject in made else None,
            "amount": c.amount,
            "evidence": str(c.evidence_id),
        }
        for c in cases
    ]
    events.emit_many(ctx, "payments.unmatched", tell)
