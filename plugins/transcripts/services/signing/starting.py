"""Beginning an order: what is to be signed is prepared and kept before any service hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict

from ...models import SigningItem, SigningTransaction
from ...rules.labels import label
from ...rules.slots import Role
from ...rules.states import refusal
from ..blocks import prepare
from ..records import frozen_bytes, versions
from ..signers import Ready, ready
from .groups import GroupKey, Member, members
from .orders import OPEN

TIME_TO_CONFIRM = timedelta(minutes=15)
_LOCK = text("SELECT 1 FROM transcripts_signer WHERE school_id = :school AND id = :signer FOR UPDATE")


def start(ctx: Context, key: GroupKey, only: Sequence[UUID] | None = None) -> UUID:
    """Prepare the signatures of a group for one confirmation; returns the order.

    An order of the same signer for the same group that is still open is returned instead: a second window, or a page
    that was sent twice, goes on with the first. What does not fit into one confirmation waits for the next order.

    Args:
        only: ids of the places to be signed; all that can be signed without it.

    Raises:
        NotFound: not the actor's to sign. Conflict: no certificate, or nothing to be signed now.
    """
    found = [one for one in members(ctx, key) if one.ready and one.state == "waiting"]
    signer = _signer(ctx, key)
    if (running := _running(ctx, signer, key)) is not None:
        return running
    wanted = [one for one in found if only is None or one.slot_id in only]
    chosen = _free(ctx, [one.slot_id for one in wanted])[: signer.max_batch]
    if not chosen:
        raise Conflict(_("Nothing here can be signed now. Somebody else may be signing it, or signs before."))
    by_slot = {one.slot_id: one for one in wanted}
    return _keep(ctx, key, signer, [by_slot[id] for id in chosen])


def _signer(ctx: Context, key: GroupKey) -> Ready:
    found = ready(ctx, None if key.role is Role.SEAL else ctx.actor.person_id)
    if found is None:
        raise Conflict(_("No certificate is registered for you. Please ask the school office."), code="no_certificate")
    if found.valid_to <= ctx.now() + TIME_TO_CONFIRM:
        raise Conflict(_("Your certificate has ended. Please ask the school office."), code="certificate_ended")
    return found


def _running(ctx: Context, signer: Ready, key: GroupKey) -> UUID | None:
    """An open order of this signer for these places. Their certificate's row is locked first: two windows that begin at
    once come one after the other."""
    ctx.session.execute(_LOCK, {"school": ctx.school_id, "signer": signer.id})
    wanted = select(SigningTransaction.id).where(
        SigningTransaction.school_id == ctx.school_id,
        SigningTransaction.signer_id == signer.id,
        SigningTransaction.started_by_id == ctx.actor.account_id,
        SigningTransaction.state.in_(OPEN),
        SigningTransaction.role == key.role,
        SigningTransaction.subject == key.subject,
        SigningTransaction.class_id == key.class_id,
        SigningTransaction.expires_at > ctx.now(),
    )
    return ctx.session.scalar(wanted.order_by(SigningTransaction.created_at.desc()).limit(1))


def _free(ctx: Context, slot_ids: Sequence[UUID]) -> list[UUID]:
    """Those that no open order holds, in the order given."""
    taken = select(SigningItem.slot_id).where(
        SigningItem.school_id == ctx.school_id, SigningItem.slot_id.in_(slot_ids), SigningItem.state == "waiting"
    )
    held = {*ctx.session.scalars(taken)}
    return [id for id in slot_ids if id not in held]


def _keep(ctx: Context, key: GroupKey, signer: Ready, chosen: Sequence[Member]) -> UUID:
    now, id = ctx.now().replace(microsecond=0), new_id()
    found = {one.id: one for one in versions(ctx, [member.record_id for member in chosen], lock=True)}
    rows = []
    for member in chosen:
        version = found[member.record_id]
        if refusal(version.record, key.place) is not None:
            continue
        digest = prepare(frozen_bytes(ctx, version), version.signatures, key.place, signer, now).digest
        rows.append(
            {
                "school_id": ctx.school_id, "transaction_id": id, "slot_id": member.slot_id, "digest": digest,
                "label": label(member.full_name, member.shown, key.subject), "state": "waiting",
            }
        )  # fmt: skip
    if not rows:
        raise Conflict(_("Nothing here can be signed now. Somebody else may be signing it, or signs before."))
    ctx.session.add(
        SigningTransaction(
            id=id, school_id=ctx.school_id, signer_id=signer.id, certificate_sha256=signer.sha256, role=key.role,
            class_id=key.class_id, subject=key.subject, label=next(iter(found.values())).class_name, signing_time=now,
            created_at=now, expires_at=now + TIME_TO_CONFIRM, started_by=ctx.actor.name,
            started_by_id=ctx.actor.account_id,
        )
    )  # fmt: skip
    ctx.session.flush()
    ctx.session.execute(insert(SigningItem), rows)
    detail = {"role": key.role, "count": len(rows), "certificate": signer.sha256}
    record(ctx, "transcripts.signing.started", target=("transcripts_order", id), detail=detail)
    return id
