"""The events that this module emits: delivered after the commit, at least once. Payloads are JSON."""

from __future__ import annotations

CHANGED = "learners.learner.changed"
"""A pupil was entered or changed by hand: `person_id`."""
IMPORTED = "learners.import.confirmed"
"""A list was taken over: `import_id`, and how many rows are `new` and `changed`."""
UNDONE = "learners.import.undone"
"""A list that was taken over was taken back: `import_id`."""
