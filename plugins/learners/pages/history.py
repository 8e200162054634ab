"""The history of a record: who did what, with the values of those fields that may be shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from core.sdk import Context, Message
from core.sdk.audit import history
from core.sdk.text import _

from ..services.history import changes_of, label_of

_ACTIONS: dict[str, Message] = {
    "learners.learner.created": _("Entered"),
    "learners.learner.changed": _("Changed"),
    "people.person_changed": _("Changed"),
    "people.related": _("Family changed"),
    "people.unrelated": _("Family changed"),
    "learners.import.confirmed": _("Import"),
    "learners.movement.entered": _("Coming or leaving of a pupil entered"),
    "learners.movement.taken_back": _("Coming or leaving of a pupil taken back"),
    "learners.profile.changed": _("Changed"),
    "learners.record.verified": _("Record compared with papers"),
    "learners.identifier.added": _("Number of a pupil entered"),
    "learners.identifier.removed": _("Number of a pupil taken out"),
    "learners.guardian.changed": _("Rights of the family changed"),
    "learners.sibling.said": _("Siblings confirmed or denied"),
    "learners.policy.added": _("Policy group entered"),
    "learners.policy.verified": _("Policy group verified"),
    "learners.policy.ended": _("Policy group ended"),
    "learners.record.merged": _("Double records made one"),
    "learners.record.unmerged": _("Records taken apart again"),
}
_WITH_VALUES = frozenset(
    {"learners.learner.changed", "learners.profile.changed", "learners.guardian.changed", "learners.policy.added",
     "learners.policy.ended"}
)  # fmt: skip
"""Actions of which the history of the record holds the values, written at the same moment."""
_MOMENT = timedelta(seconds=1)


def history_of(ctx: Context, learner_id: UUID) -> list[dict[str, Any]]:
    """The trail (who did what) and the changes with their values, as one line of time."""
    changed = changes_of(ctx, learner_id)
    told = [line.at for line in changed if line.at is not None]
    entries = [*history(ctx, ("learner", learner_id)), *history(ctx, ("person", learner_id))]
    shown: list[dict[str, Any]] = [
        {"when": entry.at, "who": entry.actor_name, "title": _ACTIONS.get(entry.action, Message(entry.action)),
         "fields": [label_of(name) for name in entry.detail.get("fields", [])]}
        for entry in entries
        if not entry.action.startswith("access.")  # who looked stands in the log of looks
        and not (entry.action in _WITH_VALUES and any(abs(entry.at - at) < _MOMENT for at in told))
    ]  # fmt: skip
    for line in changed:
        title = _("Import of %(file)s", file=line.file_name) if line.import_id else _("Changed")
        link = line.import_id and ctx.actor.has("learners.import.run")
        url = url_for("learners.import_", import_id=line.import_id) if link else None
        shown.append({"when": line.at, "who": line.author, "title": title, "changes": line.fields, "url": url})
    return sorted(shown, key=lambda entry: str(entry["when"]), reverse=True)
