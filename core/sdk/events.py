"""Events: `events.emit(ctx, name, payload)` in a service; subscribers come from `provide_subscribers`."""

from core.work.events import emit

__all__ = ["emit"]
