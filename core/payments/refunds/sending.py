"""The worker's part: reserve, send, ask, until evidence ends a refund."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from core.data.context import Context
from core.payments import attempts, channels, polling, providers
from core.payments.abilities import RefundAsking
from core.payments.accounts import REFUND_PAYABLE
from core.payments.booking import evidence as ev
from core.payments.booking import refunds as booked
from core.payments.booking.allocation import lock_people
from core.payments.booking.outgoing import withdraw
from core.payments.cases_open import open_case
from core.payments.facts import REFUND_ID
from core.payments.ledger.entries import Entry, Line, post
from core.payments.port import Fact, FactKind, RefundOrder, Unknown
from core.payments.rules import RefundState
from core.types.contributions import Outside, Payload, Progress
from core.work.queue import enqueue

from .orders import SEND
from .rows import STATE, locked, record, row_of

ASK_AFTER = (
    *(timedelta(minutes=m) for m in (1, 5, 30)),
    *(timedelta(hours=h) for h in (1, 6)),
    *(timedelta(days=d) for d in (1, 2, 3, 5, 7)),
)
_SENT = text("UPDATE core_refund SET state = 'sent', sent_at = :now, tries = tries + 1 WHERE id = :id")
_EVIDENCE = text(
    "SELECT kind, provider_txn, amount, currency, occurred_at, reference, data FROM core_evidence WHERE id = :id"
)


def reserve(ctx: Context, refund_id: UUID) -> None:
    """SENT: the money leaves the person's balance for `refund_payable` before anybody outside is asked."""
    row = row_of(ctx, refund_id)
    ev.lock_attempts(ctx, [], [row.attempt_id])
    row = locked(ctx, refund_id, RefundState.APPROVED)
    lock_people(ctx, [row.person_id])
    attempt = attempts.view(ctx, row.attempt_id)
    first = tuple(s.charge_id for s in attempt.shares if s.person_id == row.person_id)
    lines = withdraw(ctx, {row.person_id: row.amount}, subject=f"refund:{refund_id}", first=first)
    entry = Entry(
        source=f"refund:{refund_id}:sent",
        kind="refund.reserved",
        occurred_at=ctx.now(),
        lines=(*lines, Line(REFUND_PAYABLE, -row.amount)),
        memo=row.reason,
    )
    post(ctx, entry)
    ctx.session.execute(_SENT, {"id": refund_id, "now": ctx.now()})


def run(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Hand an approved refund to its provider, and ask until it is decided.

    Step 0 reserves and commits, step 1 speaks to the provider, later steps ask what became of an UNKNOWN
    order: a crash
    between two steps repeats one of them, and repeating an order must not refund twice (port).
    """
    refund_id, step = UUID(payload["refund"]), int(payload["step"])
    row = row_of(ctx, refund_id)
    state = RefundState(row.state)
    if state is RefundState.APPROVED:
        reserve(ctx, refund_id)
        enqueue(ctx, SEND, {"refund": str(refund_id), "step": 1})
    elif state is RefundState.SENT:
        return _send(ctx, row)
    elif state is RefundState.UNKNOWN:
        return _ask(ctx, row, step)
    return None


def _ask(ctx: Context, row: Row[Any], step: int) -> Outside:
    """What became of an order: by its own number where the service has one, else by its payment."""
    attempt = attempts.load(ctx, row.attempt_id)
    channel = channels.load(ctx, attempt.channel_id)
    provider = providers.get(channel.provider)
    if not isinstance(provider, RefundAsking):
        return polling.question(ctx, row.attempt_id, lambda ctx: _again(ctx, row, step))
    order, asked, now = _order(ctx, row, attempt), attempts.to_port(attempt), ctx.now()
    client = providers.client(provider, channel.config)

    def answered(ctx: Context, answer: tuple[Fact, ...] | Unknown) -> None:
        if not isinstance(answer, Unknown) and answer:
            polling.keep(ctx, channel, _named(answer, row.id))
        _again(ctx, row, step)

    return Outside(lambda: provider.refund_state(order, asked, channel.config, client, now), answered)


def _send(ctx: Context, row: Row[Any]) -> Outside | None:
    attempt = attempts.load(ctx, row.attempt_id)
    channel = channels.load(ctx, attempt.channel_id)
    provider = providers.get(channel.provider)
    if not provider.supports_refund:
        _to_payout(ctx, row, channel)
        return None
    order, asked = _order(ctx, row, attempt), attempts.to_port(attempt)
    client = providers.client(provider, channel.config)

    def answered(ctx: Context, answer: tuple[Fact, ...] | Unknown) -> None:
        if isinstance(answer, Unknown):
            _unknown(ctx, row, answer.detail)
        else:
            polling.keep(ctx, channel, _named(answer, row.id))
        _again(ctx, row, 0)

    return Outside(lambda: provider.refund(order, asked, channel.config, client), answered)


def _unknown(ctx: Context, row: Row[Any], why: str) -> None:
    """The answer is lost, unless a notice of the provider has decided the order while we waited for it."""
    ev.lock_attempts(ctx, [], [row.attempt_id])
    if RefundState(row_of(ctx, row.id).state) is RefundState.SENT:
        ctx.session.execute(STATE, {"id": row.id, "state": "unknown", "error": why, "ended": None})


def _again(ctx: Context, row: Row[Any], step: int) -> None:
    """Plan the next question while the refund is open; after the last one a person has to ask."""
    state = RefundState(row_of(ctx, row.id).state)
    if state not in (RefundState.SENT, RefundState.UNKNOWN):
        return
    if state is RefundState.SENT:
        _unknown(ctx, row, "pending")
    if step < len(ASK_AFTER):
        later = ctx.now() + ASK_AFTER[step]
        enqueue(ctx, SEND, {"refund": str(row.id), "step": step + 1}, run_at=later)
    else:
        open_case(ctx, "refund_unknown", f"refund:{row.id}", amount=row.amount, person_id=row.person_id)


def _to_payout(ctx: Context, row: Row[Any], channel: channels.Channel) -> None:
    """A transfer is given back by another transfer: the order waits on the payout list."""
    open_case(
        ctx,
        "payout",
        f"refund:{row.id}",
        amount=row.amount,
        facts={"reason": row.reason},
        channel_id=channel.id,
        attempt_id=row.attempt_id,
        person_id=row.person_id,
    )


def paid_out(ctx: Context, refund_id: UUID, provider_txn: str) -> None:
    """Say that a refund of the payout list was transferred. Needs `payments.refund.approve`."""
    ctx.require("payments.refund.approve")
    attempt_id = row_of(ctx, refund_id).attempt_id
    ev.lock_attempts(ctx, [], [attempt_id])
    row = locked(ctx, refund_id, RefundState.SENT)
    attempt = attempts.load(ctx, attempt_id)
    channel = channels.load(ctx, attempt.channel_id)
    fact = Fact(
        kind=FactKind.REFUNDED,
        provider_txn=provider_txn,
        amount=row.amount,
        currency="VND",
        occurred_at=ctx.now(),
        reference=attempt.reference,
        data={REFUND_ID: str(refund_id)},
    )
    held = ev.lock_attempts(ctx, [attempt.reference])[attempt.reference]
    known = ev.add(ctx, channel, fact, ev.Origin("person"), attempt_id=held.id)
    if known.new:
        booked.apply(ctx, channel, fact, known, held)
        ev.project(ctx, held)
    record(ctx, "paid_out", refund_id, {"number": provider_txn})


def _order(ctx: Context, row: Row[Any], attempt: Row[Any]) -> RefundOrder:
    paid = ctx.session.execute(_EVIDENCE, {"id": row.evidence_id}).one()
    return RefundOrder(
        id=row.id,
        reference=attempt.reference,
        amount=row.amount,
        full=row.amount == paid.amount,
        reason=row.reason,
        approved_by=row.approver_name,
        requested_at=row.requested_at,
        paid=Fact(
            kind=FactKind(paid.kind),
            provider_txn=paid.provider_txn,
            amount=paid.amount,
            currency=paid.currency,
            occurred_at=paid.occurred_at,
            reference=paid.reference,
            data=paid.data,
        ),
        sent_at=row.sent_at,
    )


def _named(facts: tuple[Fact, ...], refund_id: UUID) -> tuple[Fact, ...]:
    """The answer to an order is about that order, whether the adapter says so or not."""
    return tuple(replace(f, data={**f.data, REFUND_ID: str(refund_id)}) for f in facts)
