"""Parts that plugins put on pages of others: asked one by one, so that a broken one is missing, not the page."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from core.access.scopes import may
from core.data.context import Context
from core.kernel.dispatch import first
from core.types.contributions import Action, RecordTab

from .runtime import runtime, visitor


def _modules() -> frozenset[str]:
    person = visitor()
    return person.modules if person else frozenset()


def record_tabs(ctx: Context, record: str, record_id: UUID) -> list[RecordTab]:
    """The tabs that modules of this school add to a record, as far as the visitor may see them.

    Args:
        record: the kind of record, such as `learner`.
        record_id: the person whom the record is about; permissions that end in `.own` are asked for them.
    """
    found = runtime().registry.record_tabs(record, _modules())
    return [owned.item for owned in found if may(ctx, owned.item.permission, record_id)]


def tab_content(ctx: Context, tab: RecordTab, record_id: UUID) -> Markup | None:
    """The content of a tab; None when it fails, which is recorded."""
    registry = runtime().registry
    module = next(owned.module for owned in registry.record_tabs(tab.record) if owned.item is tab)
    part = f"provide_record_tabs {tab.name}"
    return registry.containment.call(module, part, lambda: tab.render(ctx, record_id), None, ctx=ctx)


def slot_parts(ctx: Context, place: str, record_id: UUID | None = None, person_id: UUID | None = None) -> list[Markup]:
    """What modules of this school put in a named place of a page; one that fails is missing.

    Args:
        place: a name that the page's module declares by `provide_slot_places`.
        record_id: the record that the page is about.
        person_id: the person whom it is about, so that limited permissions count; without it only full ones do.
    """
    registry, shown = runtime().registry, []
    for owned in registry.slots(place, _modules()):
        slot = owned.item
        allowed = may(ctx, slot.permission, person_id) if person_id else ctx.actor.has(slot.permission)
        if allowed:
            call = partial(slot.render, ctx, record_id)
            part: Markup | None = None
            part = registry.containment.call(owned.module, f"provide_slots {slot.name}", call, part, ctx=ctx)
            if part is not None:
                shown.append(part)
    return shown


def record_actions(ctx: Context, record: str, record_id: UUID) -> list[tuple[Action, str]]:
    """Buttons that modules of this school add to one record, with their addresses.

    Limited permissions (`.own`) count where the record is about a person and has their id.
    """
    found = runtime().registry.actions(record, _modules())
    return [
        (action, url_for(action.endpoint, **{action.argument: record_id}))  # type: ignore[arg-type]
        for action in found
        if not action.bulk and may(ctx, action.permission, record_id)
    ]


def bulk_actions(ctx: Context, record: str) -> list[tuple[Action, str]]:
    """Buttons for ticked rows of a list; each is sent the ids as `selected`."""
    found = runtime().registry.actions(record, _modules())
    return [(a, url_for(a.endpoint)) for a in found if a.bulk and ctx.actor.has(a.permission)]


def person_page(ctx: Context, person_id: UUID) -> str | None:
    """The address of the page that shows a person, from the first module of this school that knows them."""
    registry = runtime().registry
    asked = [(o.module, partial(o.item, ctx, person_id)) for o in registry.resolve_person_page(_modules())]
    return first(registry.containment, "resolve_person_page", ctx, asked)
