"""Refund facts: what a provider says of money that goes back, asked for by us or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core.data.context import Context
from core.payments.accounts import REFUND_PAYABLE, STUDENT_BALANCE
from core.payments.cases_open import open_case
from core.payments.channels import Channel
from core.payments.facts import REFUND_ID, to_json
from core.payments.ledger.entries import Entry, Line, post
from core.payments.port import Fact, FactKind
from core.payments.rules import RESERVED, RefundSeen, RefundState, refund_state, split
from core.work import events

from .allocation import allocate, lock_people
from .evidence import AttemptRow, Known
from .outgoing import withdraw

_SAME = text(
    """
SELECT id FROM core_refund
 WHERE school_id = :school AND attempt_id = :attempt AND amount = :amount
   AND (state IN ('sent', 'unknown') OR state IN ('done', 'failed') AND (provider_txn = :txn OR
   provider_txn LIKE 'refund-%'))
 ORDER BY state NOT IN ('sent', 'unknown'), requested_at LIMIT 1
"""
)
_MINE = text(
    "SELECT id, person_id, amount, state FROM core_refund "
    "WHERE school_id = :school AND attempt_id = :attempt AND id::text = :id FOR NO KEY UPDATE"
)
_FACTS = text(
    "SELECT kind, occurred_at FROM core_evidence WHERE school_id = :school AND attempt_id = :attempt "
    "AND kind IN ('refunded', 'refund_failed') AND data ->> 'refund_id' = :refund"
)
_END = text("UPDATE core_refund SET state = :state, ended_at = :now, provider_txn = :txn WHERE id = :id")


def apply(ctx: Context, channel: Channel, fact: Fact, evidence: Known, attempt: AttemptRow) -> None:
    """Book what a new refund fact says. The attempt is locked."""
    if fact.kind is FactKind.REFUND_PENDING:
        return
    values = {"school": ctx.school_id, "attempt": attempt.id, "id": fact.data.get(REFUND_ID)}
    mine = ctx.session.execute(_MINE, values).one_or_none()
    if mine is not None:
        _ours(ctx, channel, fact, evidence, attempt, mine)
    elif fact.kind is FactKind.REFUNDED:
        catch_up(ctx, channel, attempt)


def named(ctx: Context, fact: Fact, attempt: AttemptRow) -> Fact:
    """The fact with the order of ours that it is about: answers to a query name none, so the amount tells."""
    if fact.data.get(REFUND_ID):
        return fact
    values = {
        "school": ctx.school_id,
        "attempt": attempt.id,
        "amount": fact.amount,
        "txn": fact.provider_txn,
    }
    found: UUID | None = ctx.session.scalar(_SAME, values)
    return replace(fact, data={**fact.data, REFUND_ID: str(found)}) if found else fact


def _ours(
    ctx: Context,
    channel: Channel,
    fact: Fact,
    evidence: Known,
    attempt: AttemptRow,
    refund: Row[Any],
) -> None:
    """Move an order of ours to where its facts put it; a success may be taken back days later."""
    values = {"school": ctx.school_id, "attempt": attempt.id, "refund": str(refund.id)}
    seen = [RefundSeen(FactKind(r.kind), r.occurred_at) for r in ctx.session.execute(_FACTS, values)]
    wanted, now = refund_state(seen), RefundState(refund.state)
    if wanted is None or wanted is now:
        return
    lock_people(ctx, [refund.person_id])
    lines = _lines(ctx, channel, refund.person_id, refund.amount, now, wanted, evidence.id)
    if lines:
        kind = "evidence.refunded" if wanted is RefundState.DONE else "refund.undone"
        post(
            ctx,
            Entry(
                source=f"evidence:{evidence.id}",
                kind=kind,
                occurred_at=fact.occurred_at,
                lines=lines,
                memo=str(refund.id),
                evidence_id=evidence.id,
            ),
        )
    ctx.session.execute(_END, {"id": refund.id, "state": wanted.value, "now": ctx.now(), "txn": fact.provider_txn})
    if wanted is RefundState.FAILED:
        open_case(
            ctx,
            "refund_failed",
            f"refund:{refund.id}",
            amount=refund.amount,
            facts=to_json(fact),
            attempt_id=attempt.id,
            person_id=refund.person_id,
            evidence_id=evidence.id,
        )
        allocate(ctx, [refund.person_id])
    events.emit(ctx, f"payments.refund.{wanted.value}", {"refund": str(refund.id), "amount": refund.amount})


def _lines(
    ctx: Context,
    channel: Channel,
    person: UUID,
    amount: int,
    now: RefundState,
    wanted: RefundState,
    evidence_id: UUID,
) -> tuple[Line, ...]:
    """The way from one state of the money to another: reserved, gone, or back with the person."""
    if wanted is RefundState.DONE:
        gone = Line(channel.account, -amount)
        if now in RESERVED:
            return (Line(REFUND_PAYABLE, amount), gone)
        return (*withdraw(ctx, {person: amount}, subject=f"evidence:{evidence_id}"), gone)
    if now in RESERVED:
        return (Line(REFUND_PAYABLE, amount), Line(STUDENT_BALANCE, -amount, person))
    if now is RefundState.DONE:
        return (Line(channel.account, amount), Line(STUDENT_BALANCE, -amount, person))
    return ()


_WAITING = text(
    """
SELECT e.id, e.kind, e.amount, e.occurred_at, e.memo, e.provider_txn FROM core_evidence e
 WHERE e.school_id = :school AND e.attempt_id = :attempt AND e.data ->> 'refund_id' IS NULL
   AND e.kind IN ('refunded', 'charged_back')
   AND NOT EXISTS (SELECT FROM core_journal_entry j WHERE j.evidence_id = e.id)
 ORDER BY e.occurred_at, e.provider_txn
"""
)
_ROOM = text(
    """
SELECT coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('paid', 'credit')), 0)
     - coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('refunded', 'charged_back')), 0) AS room
  FROM core_evidence e JOIN core_journal_entry j ON j.evidence_id = e.id AND j.kind = 'evidence.' || e.kind
 WHERE e.school_id = :school AND e.attempt_id = :attempt
"""
)


def catch_up(ctx: Context, channel: Channel, attempt: AttemptRow) -> None:
    """Book refunds that nobody here asked for, and lost disputes, as far as their payments are here.

    A refund may be told before its payment: it waits as evidence, so that the order of messages changes nothing (I3).
    """
    values = {"school": ctx.school_id, "attempt": attempt.id}
    waiting = ctx.session.execute(_WAITING, values).all()
    if not waiting:
        return
    room = int(ctx.session.execute(_ROOM, values).scalar_one())
    for row in waiting:
        if row.amount <= room:
            room -= row.amount
            _external(ctx, channel, row, attempt)


def _external(ctx: Context, channel: Channel, evidence: Row[Any], attempt: AttemptRow) -> None:
    """Money that went back without us: the provider's word counts, and the accountant hears of it."""
    parts = split(evidence.amount, attempt.shares)
    lock_people(ctx, parts)
    subject = f"evidence:{evidence.id}"
    lines = withdraw(ctx, parts, subject=subject, evidence_id=evidence.id, first=tuple(attempt.charges))
    post(
        ctx,
        Entry(
            source=subject,
            kind=f"evidence.{evidence.kind}",
            occurred_at=evidence.occurred_at,
            lines=(*lines, Line(channel.account, -evidence.amount)),
            memo=evidence.memo,
            evidence_id=evidence.id,
        ),
    )
    open_case(
        ctx,
        "external_refund" if evidence.kind == FactKind.REFUNDED else "charged_back",
        subject,
        amount=evidence.amount,
        facts={"number": evidence.provider_txn},
        channel_id=channel.id,
        evidence_id=evidence.id,
        attempt_id=attempt.id,
    )
    allocate(ctx, list(parts))
    if evidence.kind == FactKind.CHARGED_BACK:
        for person, amount in parts.items():
            payload = {"person": str(person), "amount": amount, "evidence": str(evidence.id)}
            events.emit(ctx, "payments.reversed", payload)
