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
from core.payments.cases_open import Opening, open_cases
from core.payments.channels import Channel
from core.payments.ledger.entries import post_many
from core.payments.port import Fact, FactKind
from core.types.contributions import Payload, Progress
from core.work import events

from . import evidence as ev
from .allocation import Allocated, lock_many
from .evidence import Origin
from .incoming import collected, entry_of, suspended, too_much
from .outcome import Applied
from .paying_many import post_and_allocate
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


Told = tuple[Movement, UUID]
"""A movement that is new, and its evidence."""


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
    lock_many(ctx, {person for placement in placements for person in placement.people})
    news = [ev.New(m.fact, m.placement.attempt_id if m.brings else None, m.reverses) for m in movements]
    ids = ev.add_many(ctx, channel, news, origin)
    told = [(m, one) for m, one in zip(movements, ids, strict=True) if one is not None and m.brings]
    done = 0
    for turn in _turns(told):
        for batch in _batches(turn):
            (_to_people if batch[0][0].placement.parts else _to_suspense)(ctx, channel, batch)
            done += len(batch)
            if progress is not None:
                progress(done, len(told))
    ev.project_many(ctx, list(attempts.values()))
    if len(told) >= _MANY:
        refresh_statistics(ctx, "core_evidence", "core_journal_entry", "core_posting", "core_charge", rows=len(told))
    return [
        Applied.KNOWN if one is None else Applied.BOOKED if movement.brings else Applied.NOTED
        for movement, one in zip(movements, ids, strict=True)
    ]


def _turns(told: Sequence[Told]) -> list[list[Told]]:
    """What nobody can be named for, then rounds in which every person stands once."""
    lost: list[Told] = []
    rounds: list[list[Told]] = []
    seen: dict[UUID, int] = {}
    for movement, one in told:
        people = movement.placement.people
        if not people:
            lost.append((movement, one))
            continue
        turn = max(seen.get(person, 0) for person in people)
        seen.update(dict.fromkeys(people, turn + 1))
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((movement, one))
    return [lost, *rounds]


def _batches(turn: Sequence[Told]) -> Iterator[Sequence[Told]]:
    for start in range(0, len(turn), _BATCH):
        yield turn[start : start + _BATCH]


def _to_people(ctx: Context, channel: Channel, batch: Sequence[Told]) -> None:
    """Post money to the balances of those it is for, let it pay charges, and tell."""
    entries = [entry_of(channel, m.fact, one, m.placement) for m, one in batch]
    parts = [part for movement, _one in batch for part in movement.placement.parts]
    used: dict[UUID, list[Allocated]] = {}
    for allocated in post_and_allocate(ctx, entries, [charge for part in parts for charge in part.charges]):
        used.setdefault(allocated.person_id, []).append(allocated)
    tell: list[Payload] = []
    cases: list[Opening] = []
    for (movement, one), entry in zip(batch, entries, strict=True):
        placement = movement.placement
        for person in dict.fromkeys(part.person_id for part in placement.parts):
            mine = [part for part in placement.parts if part.person_id == person]
            tell.append(collected(entry.id, mine, used.get(person, []), one, placement.attempt_id))
            if over := too_much(entry.id, mine, used.get(person, []), one, placement.attempt_id):
                cases.append(over)
    open_cases(ctx, cases)
    events.emit_many(ctx, "payments.collected", tell)


def _to_suspense(ctx: Context, channel: Channel, batch: Sequence[Told]) -> None:
    post_many(ctx, [entry_of(channel, m.fact, one, m.placement) for m, one in batch])
    cases = [suspended(channel, movement.fact, one, movement.placement) for movement, one in batch]
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
