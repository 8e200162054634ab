"""Messages to people: `notify.tell_families(ctx, children, kind, title, body)` in a service."""

from core.notify.services import tell_accounts, tell_families, tell_persons

__all__ = ["tell_accounts", "tell_families", "tell_persons"]
