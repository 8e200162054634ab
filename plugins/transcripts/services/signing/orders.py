"""Orders at signing services: kept before the service hears of them, so that a crash loses and doubles nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk import signing as ports
from core.sdk.data import query
from core.sdk.errors import NotFound
from core.sdk.settings import keys

from ...models import SigningTransaction
from ..accounts import Account, load_account
from ..signers import Ready, ready_by_id

OPEN = ("prepared", "authorised")
_LINES = """
SELECT i.slot_id, s.record_id, i.digest, i.label, i.state
FROM transcripts_item i JOIN transcripts_slot s ON s.school_id = i.school_id AND s.id = i.slot_id
WHERE i.school_id = :school AND i.transaction_id = :order ORDER BY i.slot_id
"""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One digest with what the signer was shown of it."""

    slot_id: UUID
    record_id: UUID
    digest: bytes = field(repr=False)
    label: str
    state: str

    @property
    def prefix(self) -> str:
        """The first bytes of the digest, as they stand beside the label."""
        return self.digest.hex()[:16]


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its account and certificate, ready to be sent."""

    id: UUID
    role: str
    label: str
    state: str
    begun: bool
    signing_time: datetime
    created_at: datetime
    expires_at: datetime
    started_by_id: UUID | None
    prompt: str
    reason: str
    signer: Ready
    account: Account
    lines: tuple[OrderLine, ...]
    port: ports.SigningOrder = field(repr=False)

    @property
    def open(self) -> bool:
        return self.state in OPEN


def load_order(ctx: Context, order_id: UUID, *, lock: bool = False, mine: bool = True) -> Order:
    """An order.

    Args:
        lock: nobody else takes signatures for it until the end of the transaction.
        mine: only for who has begun it.

    Raises:
        NotFound.
    """
    wanted = select(SigningTransaction).where(
        SigningTransaction.school_id == ctx.school_id, SigningTransaction.id == order_id
    )
    row = ctx.session.scalar(wanted.with_for_update() if lock else wanted.execution_options(populate_existing=True))
    if row is None or (mine and (ctx.actor.account_id is None or row.started_by_id != ctx.actor.account_id)):
        raise NotFound
    if lock:
        ctx.session.refresh(row)
    signer = ready_by_id(ctx, row.signer_id)
    account = load_account(ctx, signer.account_id)
    lines = lines_of(ctx, order_id)
    digests = tuple(ports.Digest(str(line.slot_id), line.digest, line.label) for line in lines)
    port = ports.SigningOrder(
        row.id, signer.credential, digests, signer.provider_user, row.created_at, row.expires_at, _opened(row)
    )
    return Order(
        row.id, row.role, row.label, row.state, row.begun, row.signing_time, row.created_at, row.expires_at,
        row.started_by_id, row.prompt, row.reason, signer, account, lines, port,
    )  # fmt: skip


def lines_of(ctx: Context, order_id: UUID) -> tuple[OrderLine, ...]:
    """The digests of an order."""
    rows = query(ctx, _LINES, {"school": ctx.school_id, "order": order_id})
    return tuple(OrderLine(row[0], row[1], bytes(row[2]), row[3], row[4]) for row in rows)


def open_orders(ctx: Context, *, mine: bool = True) -> list[UUID]:
    """Orders that are still open, the oldest first."""
    wanted = select(SigningTransaction.id).where(
        SigningTransaction.school_id == ctx.school_id, SigningTransaction.state.in_(OPEN)
    )
    if mine:
        wanted = wanted.where(SigningTransaction.started_by_id == ctx.actor.account_id)
    return [*ctx.session.scalars(wanted.order_by(SigningTransaction.created_at))]


def sealed(order_id: UUID, remember: dict[str, str]) -> str:
    """What a service's next call needs, for the database: a session token may be in it."""
    return keys().seal(json.dumps(remember), f"transcripts_transaction:{order_id}") if remember else ""


def _opened(row: SigningTransaction) -> dict[str, str]:
    if not row.remember:
        return {}
    found = json.loads(keys().unseal(row.remember, f"transcripts_transaction:{row.id}"))
    return {str(name): str(value) for name, value in found.items()}
