"""What the record of changes holds on a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from core.data.context import Context
from core.types.clock import local_date
from core.types.contributions import Erasure, Held, Kept, PersonalData
from core.types.message import Message, _

from .trail import HistoryEntry, history
from .words import actor_label

Words = Callable[[str], Message]
KEPT_FOR = timedelta(days=366)


def _entries(ctx: Context, person_id: UUID) -> list[HistoryEntry]:
    found = [entry for kind in ("person", "learner") for entry in history(ctx, (kind, person_id), limit=200)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def show(words: Words, ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Who did what to the person's record, and who looked."""
    facts = [
        (
            _("On %(day)s", day=f"{local_date(entry.at):%d/%m/%Y}"),
            _("%(what)s (%(who)s)", what=words(entry.action), who=actor_label(entry.actor_kind, entry.actor_name)),
        )
        for entry in _entries(ctx, person_id)
    ]
    return [Held(_("Record of changes"), facts)] if facts else []


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Nothing goes: the chain of the record would break, and the law wants it."""
    entries = _entries(ctx, person_id)
    if not entries:
        return Erasure()
    until: date = (entries[0].at + KEPT_FOR).date()
    reason = _("Logs are kept for at least twelve months (Decree 333/2026/ND-CP); they name acts, not contents.")
    return Erasure(kept=[Kept(_("Record of changes"), reason, until)])


def data(words: Words) -> PersonalData:
    """This part, with a way to say the codes of acts in plain words."""
    return PersonalData(
        "core.audit",
        _("Record of changes"),
        purpose=_("To prove who changed and who saw a record."),
        basis=_("Decree 333/2026/ND-CP: logs of information systems"),
        retention=_("At least twelve months"),
        data_classes=("identity", "behaviour"),
        show=partial(show, words),
        erase=erase,
        order=900,
    )
