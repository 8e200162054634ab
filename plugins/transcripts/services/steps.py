"""Steps that are no signature: opening again, revoking, issuing; each with who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from core.sdk import Context, _
from core.sdk.audit import record
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.text import Message

from ..access import REOPEN, REVOKE
from ..events import REVOKED
from ..models import Slot
from ..rules.states import Event, NotAllowed, Refused, State, after
from .records import Moved, Version, keep_moves, versions

WORDS: dict[Refused, Message] = {
    Refused.NOT_IN_WORK: _("This record is not being signed any more."),
    Refused.NOT_IN_FORCE: _("This record is not in force."),
    Refused.NO_SUCH_PLACE: _("The record has no such place for a signature."),
    Refused.SIGNED_ALREADY: _("This is signed already."),
    Refused.TOO_EARLY: _("Somebody who signs before has not signed yet."),
    Refused.WRONG_STATE: _("The record is not in a state that allows this step."),
}


def reopen(ctx: Context, record_ids: Sequence[UUID], reason: str) -> int:
    """Give records up that are being signed, so that marks can be corrected and new ones made; returns how many
    signatures count no more. Who had signed and when stays on record.

    Raises:
        Forbidden, NotFound. Invalid: without a reason. Conflict: one that is sealed; it is revoked or replaced.
    """
    ctx.require(REOPEN)
    need(reason, "")
    found = _found(ctx, record_ids)
    moves = [_move(one, Event.REOPEN, reason=reason.strip(), dropped=len(one.record.signed)) for one in found]
    ctx.session.execute(
        update(Slot)
        .where(Slot.school_id == ctx.school_id, Slot.record_id.in_([one.id for one in found]))
        .values(state="dropped", signature=None)
    )
    keep_moves(ctx, moves)
    dropped = sum(move.dropped for move in moves)
    for one in found:
        detail = {"reason": reason.strip(), "signatures": len(one.record.signed)}
        record(ctx, "transcripts.record.reopened", target=("transcripts_record", one.id), detail=detail)
    return dropped


def revoke(ctx: Context, record_id: UUID, reason: str, decision: str) -> None:
    """Let a record count no more, by a decision. It stays readable for good, and whoever checks it is told.

    Raises:
        Forbidden, NotFound. Invalid: without a reason or the number of a decision. Conflict: not in force.
    """
    ctx.require(REVOKE)
    need(reason, decision, decided=True)
    (found,) = _found(ctx, [record_id])
    keep_moves(ctx, [_move(found, Event.REVOKE, reason=reason.strip(), decision=decision.strip())])
    detail = {"reason": reason.strip(), "decision": decision.strip()}
    record(ctx, "transcripts.record.revoked", target=("transcripts_record", record_id), detail=detail)
    emit(ctx, REVOKED, {"record_id": str(record_id), "learner_id": str(found.learner_id)})


def move(ctx: Context, record_ids: Sequence[UUID], event: Event) -> int:
    """Take sealed records further: timestamped and logged, sent, answered. For the parts of the program that do it;
    who is already there is left alone. Returns how many were moved."""
    moves = []
    for one in versions(ctx, record_ids, lock=True):
        try:
            moves.append(_move(one, event))
        except Conflict:
            continue
    keep_moves(ctx, moves)
    return len(moves)


def _found(ctx: Context, ids: Sequence[UUID]) -> list[Version]:
    found = versions(ctx, ids, lock=True)
    if len(found) != len(set(ids)) or not found:
        raise NotFound
    return found


def _move(version: Version, event: Event, *, reason: str = "", decision: str = "", dropped: int = 0) -> Moved:
    try:
        reached: State = after(version.record, event).state
    except NotAllowed as error:
        raise Conflict(WORDS[error.why], code=error.why.value) from error
    return Moved(version.id, event, version.state, reached, reason, decision, dropped)


def need(reason: str, decision: str, *, decided: bool = False) -> None:
    """Refuse a step without its reason, or without the number of its decision."""
    faults: dict[str, Message] = {}
    if len(reason.strip()) < 3:
        faults["reason"] = _("Please say why.")
    if decided and not decision.strip():
        faults["decision"] = _("The number of the decision is needed.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
