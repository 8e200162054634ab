"""Background jobs and reactions to events."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.sdk import Context, Payload, Progress, Subscriber, Task
from core.sdk.ledger import claims

from .events import MEALS_CLOSED, PAYMENTS_COLLECTED, PAYMENTS_OWN_REVERSED, ROUND_PUBLISHED
from .services import einvoices, printing
from .services.announcing import announce
from .services.cash.deposits import not_arrived
from .services.parts import follow_payments
from .services.publish import PUBLISH_TASK, publish
from .services.receipts import Collection, issue_receipt
from .services.statements import IMPORT_TASK, run_import


def _publish(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Publish a round; a run that was cut off has changed nothing and is repeated."""
    publish(ctx, UUID(payload["round_id"]), progress=progress)


def _statement(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Book a bank statement; a run that was cut off has changed nothing and is repeated."""
    run_import(ctx, UUID(payload["upload"]), progress)


def _notices(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Print the notices of a class or of all; a run that was cut off has kept nothing and is repeated."""
    where = UUID(payload["round_id"]), payload["class"]
    printing.run(ctx, *where, bool(payload["by_family"]), payload["base_url"], progress)


def _collected(ctx: Context, payload: Payload) -> None:
    """Money was posted: the receipt, once; bills in parts are due by the next part; the e-invoice if one is needed."""
    collection = Collection.from_payload(payload)
    receipt_id = issue_receipt(ctx, collection)
    follow_payments(ctx, [UUID(charge) for charge in payload["charges"]])
    evidence = UUID(payload["evidence"]) if payload.get("evidence") else None
    claims.close_found(ctx, UUID(payload["person"]), evidence)
    einvoices.issue_for_receipt(ctx, receipt_id, collection.person_id, list(collection.allocated))


def _meals_closed(ctx: Context, payload: Payload) -> None:
    """Meals of a month were given back: invoices that name them are lowered."""
    einvoices.lower_month(ctx, payload["month"])


def _own_reversed(ctx: Context, payload: Payload) -> None:
    """The bank took back cash that had arrived: the deposit is on its way again."""
    not_arrived(ctx, UUID(payload["case"]))


def _published(ctx: Context, payload: Payload) -> None:
    """Bills are out: tell the families, once a round."""
    announce(ctx, UUID(payload["round_id"]))


TASKS = [
    Task(PUBLISH_TASK, _publish),
    Task(printing.PRINT_TASK, _notices, lease=timedelta(minutes=2)),
    Task(IMPORT_TASK, _statement, lease=timedelta(minutes=2)),
    Task(einvoices.LOWER_TASK, einvoices.run_lower, lease=timedelta(minutes=2)),
    Task(einvoices.TASK, einvoices.run, max_tries=20, lease=timedelta(minutes=1)),
]
SUBSCRIBERS = [
    Subscriber(PAYMENTS_COLLECTED, "finance.receipts", _collected),
    Subscriber(MEALS_CLOSED, "finance.einvoices.lower", _meals_closed),
    Subscriber(PAYMENTS_OWN_REVERSED, "finance.deposits", _own_reversed),
    Subscriber(ROUND_PUBLISHED, "finance.announce", _published),
]
