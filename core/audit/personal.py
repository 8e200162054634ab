"""What the record of changes holds on a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from core.data.context import Context
from core.types.contributions import Erasure, Held, Kept, PersonalData
from core.types.message import _

from .trail import HistoryEntry, history

KEPT_FOR = timedelta(days=366)


def _entries(ctx: Context, person_id: UUID) -> list[HistoryEntry]:
    found = [entry for kind in ("person", "learner") for entry in history(ctx, (kind, person_id), limit=200)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Who did what to the person's record, and who looked."""
    facts = [(_("On %(day)s", day=e.at.date().isoformat()), f"{e.actor_name} · {e.action}")
             for e in _entries(ctx, person_id)]  # fmt: skip
    return [Held(_("Record of changes"), facts)] if facts else []


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes: the chain of the record would break, and the law wants it."""
    entries = _entries(ctx, person_id)
    if not entries:
        return Erasure()
    until: date = (entries[0].at + KEPT_FOR).date()
    reason = _("Logs are kept for at least twelve months (Decree 333/2026/ND-CP); they name acts, not contents.")
    return Erasure(kept=[Kept(_("Record of changes"), reason, until)])


DATA = PersonalData(
    "core.audit",
    _("Record of changes"),
    purpose=_("To prove who changed and who saw a record."),
    basis=_("Decree 333/2026/ND-CP: logs of information systems"),
    retention=_("At least twelve months"),
    data_classes=("identity", "behaviour"),
    show=show,
    erase=erase,
    order=900,
)
