"""The events that this module emits: delivered after the commit, at least once. Payloads are JSON."""

from __future__ import annotations

from core.sdk import EventType, _

LEARNER_CHANGED = "learners.learner.changed"
"""A pupil was entered or changed by hand: `person_id`."""
IMPORTED = "learners.import.confirmed"
"""A list was taken over: `import_id`, and how many rows are `new` and `changed`."""
UNDONE = "learners.import.undone"
"""A list that was taken over was taken back: `import_id`."""
MOVED = "learners.learner.moved"
"""A pupil came, left or changed the class: `person_id`."""
MOVED_MANY = "learners.batch.done"
"""Many pupils were moved at once, or this was taken back: `batch_id`, and the `count` of pupils."""
MERGED = "learners.learner.merged"
"""Two records became one, or were taken apart again: `kept_id` and `gone_id`, ids of persons."""

EVENTS = [
    EventType(LEARNER_CHANGED, _("A pupil was entered or changed"), {"person_id": "id"}),
    EventType(IMPORTED, _("List of pupils taken over"), {"import_id": "id", "new": "integer", "changed": "integer"}),
    EventType(MOVED, _("A pupil came, left or changed the class"), {"person_id": "id"}),
    EventType(MOVED_MANY, _("Many pupils were moved at once"), {"batch_id": "id", "count": "integer"}),
    EventType(MERGED, _("Two records became one, or were taken apart"), {"kept_id": "id", "gone_id": "id"}),
    EventType(UNDONE, _("Import of a list undone"), {"import_id": "id"}),
]
