"""What happened, twice: for the audit (in the same transaction) and for whoever listens (after commit)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from core.sdk import Context, audit, events


def note(
    ctx: Context,
    action: str,
    target: tuple[str, UUID],
    detail: Mapping[str, object] | None = None,
    *,
    event: bool = False,
) -> None:
    """Write the audit trail; with `event`, tell subscribers the same under the same name."""
    facts = dict(detail or {})
    audit.record(ctx, action, target=target, detail=facts)
    if event:
        events.emit(ctx, action, facts)
