"""The events that this module emits: none yet; who needs to know reads `public`."""

from __future__ import annotations

from core.sdk import EventType

EVENTS: list[EventType] = []
