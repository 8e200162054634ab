"""One evidence of a payment: what the provider said, as it was verified, and what came of it."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.web import page, render, runtime
from plugins.finance.services.paid import proof

from .site import blueprint

FACTS: dict[str, tuple[str, Message]] = {
    "paid": ("ok", _("Online payment")),
    "credit": ("ok", _("Money received on the account")),
    "debit": ("attention", _("Money taken back from the account")),
    "refunded": ("neutral", _("Refund")),
    "review": ("attention", _("Held for a decision by the service")),
    "pending": ("wait", _("Under way")),
    "failed": ("stop", _("Did not succeed")),
    "expired": ("neutral", _("Not used in time")),
    "refund_pending": ("wait", _("Refund under way")),
    "refund_failed": ("stop", _("Refund did not succeed")),
    "disputed": ("attention", _("Disputed by the payer")),
    "dispute_won": ("ok", _("Dispute decided for the school")),
    "charged_back": ("attention", _("Taken back after a dispute")),
}
SOURCES: dict[str, Message] = {
    "notice": _("Signed notice of the service"),
    "query": _("Asked at the service"),
    "statement": _("Bank statement"),
    "person": _("Decision of a person"),
}


def channel_name(provider: str, label: str) -> Message | str:
    """What a channel is called: by the school, else by its provider."""
    known = runtime().registry.payment_providers().get(provider)
    return label or (known.label if known else provider)


@blueprint.get("/evidence/<uuid:evidence_id>")
@page("payments.ledger.read")
def evidence(ctx: Context, evidence_id: UUID) -> str:
    """What is kept for ever of one payment."""
    found = proof(ctx, evidence_id)
    return render(
        "finance/evidence.html",
        proof=found,
        state=FACTS.get(found.kind, ("neutral", Message(found.kind))),
        source=SOURCES.get(found.source, Message(found.source)),
        channel=channel_name(found.channel, found.channel_label),
    )
