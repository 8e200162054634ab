"""What a person decides about the exceptions: every decision is attributable, undone by a reversing entry,
never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core import audit
from core.data.context import Context
from core.data.types import format_vnd
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _
from core.work import events

from . import channels
from .accounts import REFUND_PAYABLE, STUDENT_BALANCE, SUSPENSE
from .booking import evidence as ev
from .booking import incoming
from .booking.allocation import allocate, lock_people
from .booking.outgoing import withdraw
from .booking.recognise import Part
from .facts import from_json
from .ledger.entries import Entry, Line, post
from .rules import MONEY_IN, Doubt
from .settlements import payouts

QUARANTINED = frozenset(doubt.value for doubt in Doubt)
"""Kinds of cases whose money is not in the books."""


@dataclass(frozen=True, slots=True)
class Case:
    """An exception on the accountant's list."""

    id: UUID
    kind: str
    state: str
    amount: int
    facts: dict[str, Any]
    channel_id: UUID | None
    evidence_id: UUID | None
    attempt_id: UUID | None
    person_id: UUID | None
    opened_at: datetime
    resolution: str | None
    reason: str
    resolved_by: str | None
    resolved_at: datetime | None
    owner: str


_COLUMNS = (
    "id, kind, state, amount, facts, channel_id, evidence_id, attempt_id, person_id, opened_at, "
    "resolution, reason, resolved_by, resolved_at, owner"
)
_LIST = text(
    f"SELECT {_COLUMNS} FROM core_exception_case WHERE school_id = :school "  # noqa: S608
    "AND (CAST(:state AS text) IS NULL OR state = :state) AND (CAST(:kind AS text) IS NULL OR kind = :kind) "
    "ORDER BY opened_at DESC, id DESC LIMIT :limit OFFSET :offset"
)
_COUNT = text(
    "SELECT kind, count(*) FROM core_exception_case WHERE school_id = :school AND state = 'open' GROUP BY kind"
)
_ONE = text(f"SELECT {_COLUMNS} FROM core_exception_case WHERE school_id = :school AND id = :id")  # noqa: S608
_LOCK = text(
    f"SELECT {_COLUMNS}, inbox_id FROM core_exception_case WHERE school_id = :school AND id = :id "  # noqa: S608
    "FOR NO KEY UPDATE"
)
_RESOLVE = text(
    "UPDATE core_exception_case SET state = 'resolved', resolution = :resolution, reason = :reason, "
    "person_id = coalesce(CAST(:person AS uuid), person_id), "
    "evidence_id = coalesce(CAST(:evidence AS uuid), evidence_id), "
    "resolved_by = :who, resolved_at = :now WHERE id = :id"
)
_REOPEN = text(
    "UPDATE core_exception_case SET state = 'open', resolution = NULL, resolved_by = NULL, resolved_at = NULL, "
    "person_id = NULL, reason = :reason WHERE id = :id"
)
_GIVEN = text(
    """
SELECT p.person_id, -p.amount AS amount FROM core_posting p
 WHERE p.school_id = :school AND p.account = 'student_balance' AND p.amount < 0 AND p.entry_id =
       (SELECT id FROM core_journal_entry WHERE school_id = :school AND kind = 'assignment'
         AND source LIKE 'case:' || CAST(:case AS text) || ':%' ORDER BY id DESC LIMIT 1)
"""
)
_DECISIONS = text("SELECT count(*) FROM core_journal_entry WHERE school_id = :school AND source LIKE :source")


def list_cases(
    ctx: Context, *, state: str | None = "open", kind: str | None = None, limit: int = 50, offset: int = 0
) -> list[Case]:
    """Cases, newest first. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    values = {"school": ctx.school_id, "state": state, "kind": kind, "limit": limit, "offset": offset}
    return [Case(*row) for row in ctx.session.execute(_LIST, values)]


def open_counts(ctx: Context) -> dict[str, int]:
    """How many open cases of each kind there are. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    rows = ctx.session.execute(_COUNT, {"school": ctx.school_id}).all()
    return {kind: int(number) for kind, number in rows}


def get(ctx: Context, case_id: UUID) -> Case:
    """One case. Needs `payments.case.read`."""
    ctx.require("payments.case.read")
    row = ctx.session.execute(_ONE, {"school": ctx.school_id, "id": case_id}).one_or_none()
    if row is None:
        raise NotFound()
    return Case(*row)


def assign(ctx: Context, case_id: UUID, person_id: UUID, reason: str = "") -> None:
    """Say whose the money is: it goes to that person's balance and pays their charges. Needs `payments.case.resolve`.

    For money in suspense, and for quarantined payments that a person has checked with the provider.

    Raises:
        Conflict: when the case is resolved already, or has no money that could be given to anybody.
    """
    ctx.require("payments.case.resolve")
    row = _locked(ctx, case_id)
    _give(ctx, row, [Part(person_id, row.amount)], reason)


def split(ctx: Context, case_id: UUID, parts: Mapping[UUID, int], reason: str = "") -> None:
    """Give the money of one transfer to several persons, in dong; together all of it. Needs `payments.case.resolve`.

    Raises:
        Invalid: the parts are not the amount, or one of them is nothing.
        Conflict: as `assign`.
    """
    ctx.require("payments.case.resolve")
    row = _locked(ctx, case_id)
    if not parts or any(amount <= 0 for amount in parts.values()):
        raise Invalid(_("Every pupil gets more than zero."), fields={"parts": _("Every pupil gets more than zero.")})
    if (rest := row.amount - sum(parts.values())) != 0:
        message = _("The parts differ from the amount by %(rest)s.", rest=format_vnd(abs(rest)))
        raise Invalid(message, fields={"parts": message})
    _give(ctx, row, [Part(person, amount) for person, amount in parts.items()], reason)


def _give(ctx: Context, row: Row[Any], parts: Sequence[Part], reason: str) -> None:
    """One entry from where the money lies to the balances of these persons."""
    people = [part.person_id for part in parts]
    attempts = ev.lock_attempts(ctx, [], [row.attempt_id]) if row.attempt_id else {}
    if lock_people(ctx, people) != len(people):
        raise NotFound()
    if row.kind == "unmatched":
        evidence_id = row.evidence_id
        account, kind = SUSPENSE, "assignment"
        source, occurred_at, memo = f"case:{row.id}:{_decision(ctx, row.id)}", ctx.now(), reason
    elif row.kind in QUARANTINED:
        channel = channels.load(ctx, row.channel_id)
        fact = from_json(row.facts)
        if fact.kind not in MONEY_IN or fact.currency != "VND" or fact.amount <= 0:
            raise Conflict(_("This message brings no money that could be given to somebody."))
        known = ev.add(ctx, channel, fact, ev.Origin("person", row.inbox_id), attempt_id=row.attempt_id)
        if not known.new:
            raise Conflict(_("This payment has been booked in the meantime."))
        evidence_id, account, kind = known.id, channel.account, f"evidence.{fact.kind.value}"
        source, occurred_at, memo = f"evidence:{known.id}", fact.occurred_at, fact.memo
    else:
        raise Conflict(_("This case has no money that could be given to somebody."))
    entry = Entry(
        source=source,
        kind=kind,
        occurred_at=occurred_at,
        lines=(Line(account, row.amount), *(Line(STUDENT_BALANCE, -part.amount, part.person_id) for part in parts)),
        memo=memo,
        evidence_id=evidence_id,
    )
    post(ctx, entry)
    incoming.settle(ctx, entry.id, evidence_id, parts, row.attempt_id)
    for attempt in attempts.values():
        ev.project(ctx, attempt)
    _resolve(ctx, row, "assigned", reason, people[0] if len(people) == 1 else None, evidence_id)


def refuse(ctx: Context, case_id: UUID, reason: str) -> None:
    """The money is not for the school and waits to be paid back. Needs `payments.case.resolve` and a reason."""
    ctx.require("payments.case.resolve")
    row = _locked(ctx, case_id)
    if not reason.strip():
        raise Invalid(_("Please say why."), fields={"reason": _("Please say why.")})
    if row.kind == "unmatched":
        entry = Entry(
            source=f"case:{case_id}:{_decision(ctx, case_id)}",
            kind="refusal",
            occurred_at=ctx.now(),
            lines=(Line(SUSPENSE, row.amount), Line(REFUND_PAYABLE, -row.amount)),
            memo=reason,
            evidence_id=row.evidence_id,
        )
        post(ctx, entry)
    _resolve(ctx, row, "refused", reason)
    events.emit(ctx, "payments.case.refused", {"case": str(case_id), "reason": reason})


def close(ctx: Context, case_id: UUID, reason: str) -> None:
    """Take note of a case that moves no money (double payment, too much, in review). Needs `payments.case.resolve`."""
    ctx.require("payments.case.resolve")
    row = _locked(ctx, case_id)
    if row.kind == "unmatched":
        raise Conflict(_("Money in suspense must be assigned or refused."))
    _resolve(ctx, row, "closed", reason)


def undo(ctx: Context, case_id: UUID, reason: str) -> None:
    """Take an assignment or refusal back: the money returns to suspense and the case opens again.

    Needs `payments.case.resolve` and a reason.
    """
    ctx.require("payments.case.resolve")
    if not reason.strip():
        raise Invalid(_("Please say why."), fields={"reason": _("Please say why.")})
    row = _lock(ctx, case_id)
    if row.kind != "unmatched" or row.resolution not in ("assigned", "refused", "payout"):
        raise Conflict(_("This decision cannot be taken back."))
    if row.resolution == "payout":
        payouts.undo(ctx, case_id, reason)
    else:
        _undo_booking(ctx, row, reason)
    ctx.session.execute(_REOPEN, {"id": case_id, "reason": reason})
    audit.record(ctx, "payments.case.undone", target=("payment_case", case_id), detail={"reason": reason})


def _undo_booking(ctx: Context, row: Row[Any], reason: str) -> None:
    """The money returns to suspense, from everybody who had a part of it."""
    case_id = row.id
    given = {
        r.person_id: int(r.amount) for r in ctx.session.execute(_GIVEN, {"school": ctx.school_id, "case": case_id})
    }
    lines = [Line(REFUND_PAYABLE, row.amount)]
    if row.resolution == "assigned":
        lock_people(ctx, given)
        lines = withdraw(ctx, given, subject=f"case:{case_id}:undo")
    entry = Entry(
        source=f"case:{case_id}:{_decision(ctx, case_id)}",
        kind="assignment.reversed",
        occurred_at=ctx.now(),
        lines=(*lines, Line(SUSPENSE, -row.amount)),
        memo=reason,
        evidence_id=row.evidence_id,
    )
    post(ctx, entry)
    if row.resolution == "assigned":
        allocate(ctx, list(given))
        for person, amount in given.items():
            payload = {"person": str(person), "amount": amount, "evidence": str(row.evidence_id)}
            events.emit(ctx, "payments.reversed", payload)


def _decision(ctx: Context, case_id: UUID) -> int:
    """Each decision on a case is an entry of its own."""
    values = {"school": ctx.school_id, "source": f"case:{case_id}:%"}
    return int(ctx.session.execute(_DECISIONS, values).scalar_one()) + 1


def _lock(ctx: Context, case_id: UUID) -> Row[Any]:
    row = ctx.session.execute(_LOCK, {"school": ctx.school_id, "id": case_id}).one_or_none()
    if row is None:
        raise NotFound()
    return row


def _locked(ctx: Context, case_id: UUID) -> Row[Any]:
    row = _lock(ctx, case_id)
    if row.state != "open":
        raise Conflict(_("Somebody has resolved this case already."))
    return row


def _resolve(
    ctx: Context,
    row: Row[Any],
    resolution: str,
    reason: str,
    person_id: UUID | None = None,
    evidence_id: UUID | None = None,
) -> None:
    values = {
        "id": row.id,
        "resolution": resolution,
        "reason": reason,
        "person": person_id,
        "evidence": evidence_id,
        "who": ctx.actor.name,
        "now": ctx.now(),
    }
    ctx.session.execute(_RESOLVE, values)
    detail = {"resolution": resolution, "reason": reason, "amount": row.amount, "person": str(person_id or "")}
    audit.record(ctx, f"payments.case.{resolution}", target=("payment_case", row.id), detail=detail)
