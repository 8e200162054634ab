"""The events that this module emits: delivered after the commit, at least once. Payloads are JSON."""

from __future__ import annotations

from core.sdk import EventType, _

CHANGED = "learners.learner.changed"
"""A pupil was entered or changed by hand: `person_id`."""
IMPORTED = "learners.import.confirmed"
"""A list was taken over: `import_id`, and how many rows are `new` and `changed`."""
UNDONE = "learners.import.undone"
"""A list that was taken over was taken back: `import_id`."""

EVENTS = [
    EventType(CHANGED, _("A pupil was entered or changed"), {"person_id": "id"}),
    EventType(IMPORTED, _("List of pupils taken over"), {"import_id": "id", "new": "integer", "changed": "integer"}),
    EventType(UNDONE, _("Import of a list undone"), {"import_id": "id"}),
]
