"""What others may rely on: ids and numbers, never names."""

from __future__ import annotations

from core.sdk import EventType, _

CHARGED = "canteen.meal.charged"
EVENTS = [EventType(CHARGED, _("A meal was charged"), {"meal": "id", "pupils": "integer"})]
