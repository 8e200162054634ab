"""Parts that plugins put on pages of others: asked one by one, so that a broken one is missing, not the page."""

from __future__ import annotations

from uuid import UUID

from markupsafe import Markup

from core.access.scopes import may
from core.data.context import Context
from core.types.contributions import RecordTab

from .runtime import runtime, visitor


def record_tabs(ctx: Context, record: str, record_id: UUID) -> list[RecordTab]:
    """The tabs that modules of this school add to a record, as far as the visitor may see them.

    Args:
        record: the kind of record, such as `learner`.
        record_id: the person whom the record is about; permissions that end in `.own` are asked for them.
    """
    person = visitor()
    modules = person.modules if person else frozenset[str]()
    found = runtime().registry.record_tabs(record, modules)
    return [owned.item for owned in found if may(ctx, owned.item.permission, record_id)]


def tab_content(ctx: Context, tab: RecordTab, record_id: UUID) -> Markup | None:
    """The content of a tab; None when it fails, which is recorded."""
    registry = runtime().registry
    module = next(owned.module for owned in registry.record_tabs(tab.record) if owned.item is tab)
    part = f"provide_record_tabs {tab.name}"
    return registry.containment.call(module, part, lambda: tab.render(ctx, record_id), None, ctx=ctx)
