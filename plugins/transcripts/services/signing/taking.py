"""Putting signatures in place: each is checked against the digest that was prepared, the registered certificate and the
record as it is now; what does not fit is recorded and used for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import bindparam, update

from core.sdk import Context
from core.sdk import signing as ports
from core.sdk.audit import record

from ...models import SigningItem, SigningTransaction, Slot
from ...rules.slots import Place, Role
from ...rules.states import Event, State, refusal, sign
from ..blocks import Prepared, finish, prepare
from ..records import Moved, SlotLine, Version, frozen_bytes, keep_moves, versions
from ..sealing import replace_before, seal
from .orders import Order, OrderLine, load_order, sealed

_ENDS = {
    ports.SigningState.SIGNED: "signed",
    ports.SigningState.REFUSED: "refused",
    ports.SigningState.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A signature that stands in its record now."""

    line: OrderLine
    version: Version
    element: bytes


def take(ctx: Context, order_id: UUID, seen: ports.Signing) -> int:
    """Take what a service says about an order; returns how many signatures were put in place by it.

    In one transaction: signatures, states of their records, and where the order is. Repeating it changes nothing.
    """
    order = load_order(ctx, order_id, lock=True, mine=False)
    if not order.open:
        return 0
    waiting = {str(line.slot_id): line for line in order.lines if line.state == "waiting"}
    given = {name: signature for name, signature in seen.signatures.items() if name in waiting}
    done = _embed(ctx, order, [(waiting[name], signature) for name, signature in sorted(given.items())])
    _note(ctx, order, seen)
    if seen.state in _ENDS:
        give_up(ctx, order, _ENDS[seen.state], seen.reason)
    return len(done)


def _embed(ctx: Context, order: Order, given: list[tuple[OrderLine, bytes]]) -> list[Embedded]:
    locked = {one.id: one for one in versions(ctx, [line.record_id for line, _one in given], lock=True)}
    done: list[Embedded] = []
    ends: dict[str, list[UUID]] = {"embedded": [], "stale": [], "wrong": []}
    for line, signature in given:
        version = locked[line.record_id]
        slot = next(one for one in version.slots if one.id == line.slot_id)
        prepared = _prepared_again(ctx, order, version, slot)
        if prepared is None or prepared.digest != line.digest:
            ends["stale"].append(line.slot_id)
        elif not ports.is_genuine(order.signer.certificate, line.digest, signature):
            ends["wrong"].append(line.slot_id)
        else:
            ends["embedded"].append(line.slot_id)
            done.append(Embedded(line, version, finish(prepared, signature)))
    _keep(ctx, order, done)
    for state, slots in ends.items():
        _end_lines(ctx, order, slots, state)
    if ends["wrong"]:
        detail = {"count": len(ends["wrong"]), "certificate": order.signer.sha256}
        record(ctx, "transcripts.signing.wrong", target=("transcripts_order", order.id), detail=detail)
    return done


def _prepared_again(ctx: Context, order: Order, version: Version, slot: SlotLine) -> Prepared | None:
    """What is to be signed in this place now; None where nothing may be signed there any more."""
    if refusal(version.record, slot.place) is not None:
        return None
    return prepare(frozen_bytes(ctx, version), version.signatures, slot.place, order.signer, order.signing_time)


_SIGNED = (
    update(Slot)
    .where(
        Slot.school_id == bindparam("b_school"), Slot.id == bindparam("b_slot"), Slot.state == "waiting"
    )
    .values(
        state="signed", signer_id=bindparam("b_signer"), transaction_id=bindparam("b_order"),
        certificate_sha256=bindparam("b_sha256"), signed_by=bindparam("b_name"), signed_at=bindparam("b_at"),
        signature=bindparam("b_signature"),
    )
)  # fmt: skip


def _keep(ctx: Context, order: Order, done: Iterable[Embedded]) -> None:
    role, moves, complete = Role(order.role), list[Moved](), list[Version]()
    rows: list[Mapping[str, object]] = []
    for one in done:
        slot = next(slot for slot in one.version.slots if slot.id == one.line.slot_id)
        rows.append(
            {
                "b_school": ctx.school_id, "b_slot": slot.id, "b_signer": order.signer.id, "b_order": order.id,
                "b_sha256": order.signer.sha256, "b_name": order.signer.name, "b_at": order.signing_time,
                "b_signature": one.element,
            }
        )  # fmt: skip
        after = sign(one.version.record, slot.place)
        moves.append(Moved(one.version.id, Event.SIGN, one.version.state, after.state))
        if after.state is State.SEALED:
            complete.append(_with(one.version, slot.place, one.element))
    if rows:
        ctx.session.connection().execute(_SIGNED, rows)
        replace_before(ctx, [version.id for version in complete])
        keep_moves(ctx, moves)
        detail = {"role": role, "count": len(rows), "certificate": order.signer.sha256}
        record(ctx, "transcripts.signed", target=("transcripts_order", order.id), detail=detail)
    seal(ctx, complete)


def _with(version: Version, place: Place, element: bytes) -> Version:
    slots = tuple(
        replace(one, state="signed", signature=element) if one.place == place else one for one in version.slots
    )
    return replace(version, slots=slots, state=State.SEALED)


def _note(ctx: Context, order: Order, seen: ports.Signing) -> None:
    values: dict[str, object] = {"begun": True, "prompt": seen.prompt}
    if seen.remember:
        values["remember"] = sealed(order.id, dict(seen.remember))
    if seen.state is ports.SigningState.AUTHORISED:
        values["state"] = "authorised"
    mine = SigningTransaction.school_id == ctx.school_id, SigningTransaction.id == order.id
    ctx.session.execute(update(SigningTransaction).where(*mine).values(**values))


def _end_lines(ctx: Context, order: Order, slots: list[UUID], state: str) -> None:
    if slots:
        mine = SigningItem.school_id == ctx.school_id, SigningItem.transaction_id == order.id
        ctx.session.execute(update(SigningItem).where(*mine, SigningItem.slot_id.in_(slots)).values(state=state))


def give_up(ctx: Context, order: Order, state: str, reason: str = "") -> None:
    """End an order: places without a signature can be signed by another one."""
    mine = SigningItem.school_id == ctx.school_id, SigningItem.transaction_id == order.id
    ctx.session.execute(update(SigningItem).where(*mine, SigningItem.state == "waiting").values(state="given_up"))
    values = {"state": state, "reason": reason, "ended_at": ctx.now(), "remember": "", "prompt": ""}
    own = SigningTransaction.school_id == ctx.school_id, SigningTransaction.id == order.id
    ctx.session.execute(update(SigningTransaction).where(*own).values(**values))
    detail = {"state": state}
    record(ctx, "transcripts.signing.ended", target=("transcripts_order", order.id), detail=detail)
