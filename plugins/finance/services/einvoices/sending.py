"""The outbox: one order at a time, looked up before it is sent again, until the tax authority's code is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from core.sdk import Context, Outside, Payload, Progress, _, einvoices, work
from core.sdk.data import local_date
from core.sdk.einvoices import Absent, Issued, Kind, NoAnswer, Order, Standing, State
from core.sdk.errors import Conflict, NotFound
from plugins.finance.events import EINVOICE_REFUSED, EINVOICE_VALID
from plugins.finance.models import EInvoice, EInvoiceLine

from .._trail import note

TASK = "finance.einvoice"
OPEN = ("waiting", "sending", "unknown", "taken")
"""States in which something is still to be done by us."""
_ASK_AFTER = (
    *(timedelta(minutes=m) for m in (1, 2, 5, 15, 30)),
    *(timedelta(hours=h) for h in (1, 3, 6, 12)),
    *(timedelta(days=d) for d in (1, 1, 2, 3, 5, 7)),
)
Answer = Standing | Absent | NoAnswer
_FACTS: Mapping[str, str] = {f.name: "official_number" if f.name == "number" else f.name for f in fields(Issued)}


def run(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Send an order, or ask what became of it.

    A first order goes out only after "sending" is committed. Whoever finds it sending later (a crash, a lost answer)
    does not know whether it arrived, and looks it up.
    """
    invoice_id, step = UUID(payload["invoice"]), int(payload["step"])
    row = locked(ctx, invoice_id)
    provider = einvoices.in_use(ctx)
    if provider is None or row.state not in OPEN:
        return None
    if row.state == "waiting":
        return _send(ctx, row, step)
    order, config, now = order_of(ctx, row), einvoices.config_of(ctx, provider), ctx.now()
    client = einvoices.client(provider, config)

    def looked(then: Context, answer: Answer) -> Outside | None:
        found = locked(then, invoice_id)
        if isinstance(answer, Absent) and found.state in ("sending", "unknown"):
            return _send(then, found, step)
        if isinstance(answer, Absent):
            answer = NoAnswer("the service does not know an invoice that it had taken")
        _record(then, found, answer, step)
        return None

    return Outside(lambda: provider.look_up(order, config, client, now), looked)


def _send(ctx: Context, row: EInvoice, step: int) -> Outside | None:
    provider = einvoices.in_use(ctx)
    if provider is None:
        return None
    row.state, row.provider, row.tries = "sending", provider.name, row.tries + 1
    ctx.session.flush()
    order, config, now = order_of(ctx, row), einvoices.config_of(ctx, provider), ctx.now()
    client, invoice_id = einvoices.client(provider, config), row.id

    def sent(then: Context, answer: Answer) -> None:
        _record(then, locked(then, invoice_id), answer, step)

    return Outside(lambda: provider.send(order, config, client, now), sent)


def _record(ctx: Context, row: EInvoice, answer: Answer, step: int) -> None:
    """What one question has brought; what is decided stays decided, whatever comes later."""
    if row.state not in OPEN:
        return
    if isinstance(answer, Standing):
        row.error = answer.reason
        if answer.state is State.REFUSED:
            row.state = "refused"
            note(ctx, EINVOICE_REFUSED, ("finance_einvoice", row.id), {"number": row.label}, event=True)
            return
        for name, column in _FACTS.items():
            setattr(row, column, getattr(answer.issued, name) or getattr(row, column))
        row.taken_at = row.taken_at or ctx.now()
        if answer.state is State.VALID:
            _valid(ctx, row)
            return
        row.state = "taken"
    elif isinstance(answer, NoAnswer):
        row.error = answer.detail
        if row.state == "sending":
            row.state = "unknown"
    if step < len(_ASK_AFTER):
        payload = {"invoice": str(row.id), "step": step + 1}
        work.enqueue(ctx, TASK, payload, run_at=ctx.now() + _ASK_AFTER[step])


def _valid(ctx: Context, row: EInvoice) -> None:
    row.state, row.valid_at = "valid", ctx.now()
    ended = {"replace": "replaced", "cancel": "cancelled"}.get(row.kind)
    if ended is not None and row.original_id is not None:
        locked(ctx, row.original_id).state = ended
        if row.kind == "replace":
            _take_over(ctx, row.original_id, row)
    facts = {"invoice_id": str(row.id), "person_id": str(row.person_id), "amount": row.total, "number": row.label}
    note(ctx, EINVOICE_VALID, ("finance_einvoice", row.id), facts, event=True)


def _take_over(ctx: Context, original_id: UUID, row: EInvoice) -> None:
    """From now on this invoice stands for the lines of the one that it replaces."""
    line = EInvoiceLine
    less = {(UUID(bill), UUID(item)): amount for bill, item, amount in row.content.get("lowered", ())}
    found = ctx.session.execute(select(line.bill_id, line.item_id, line.amount).where(line.invoice_id == original_id))
    parts = [(bill, item, amount + less.get((bill, item), 0)) for bill, item, amount in found]
    rows = [
        {"school_id": ctx.school_id, "invoice_id": row.id, "bill_id": bill, "item_id": item, "amount": amount}
        for bill, item, amount in parts
        if amount
    ]
    if rows:
        ctx.session.execute(insert(line), rows)


def ask_again(ctx: Context, invoice_id: UUID) -> None:
    """Do at once what the outbox would do later. Needs `finance.einvoice.issue`.

    Raises:
        Conflict: nothing is open about it, or no service is set up.
    """
    ctx.require("finance.einvoice.issue")
    row = locked(ctx, invoice_id)
    if row.state not in OPEN:
        raise Conflict(_("Nothing is open about this invoice."))
    if einvoices.in_use(ctx) is None:
        raise Conflict(_("No e-invoice service is set up."))
    work.enqueue(ctx, TASK, {"invoice": str(row.id), "step": 0})


def locked(ctx: Context, invoice_id: UUID) -> EInvoice:
    """An invoice of this school, held until the transaction ends, as it is now."""
    query = select(EInvoice).where(EInvoice.school_id == ctx.school_id, EInvoice.id == invoice_id)
    row = ctx.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def issued_of(row: EInvoice) -> Issued:
    """What service and authority call it."""
    return Issued(**{name: getattr(row, column) for name, column in _FACTS.items()})


def order_of(ctx: Context, row: EInvoice) -> Order:
    """An invoice as the port wants it: the same each time."""
    original = ctx.session.get(EInvoice, row.original_id) if row.original_id else None
    content: dict[str, Any] = row.content
    pupil = content["pupil"]
    return Order(
        id=row.id,
        key=row.key,
        kind=Kind(row.kind),
        day=local_date(row.created_at),
        buyer=einvoices.Buyer(**content["buyer"]),
        about=" ".join(filter(None, (pupil["code"], pupil["name"], pupil["class"]))),
        lines=tuple(einvoices.Line(**line) for line in content["lines"]),
        total=row.total,
        created_at=row.created_at,
        original=issued_of(original) if original else None,
        original_key=original.key if original else "",
        reason=row.reason,
    )
