"""Entries of the record of changes as people read them: words for codes, names and links for records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, url_for

from core.audit.trail import HistoryEntry
from core.audit.words import action_label, actor_label, entry_text
from core.data.context import Context
from core.sdk.web.runtime import runtime
from core.types.contributions import AuditTarget
from core.types.message import Message

Text = str | Message


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the page."""

    at: datetime
    who: Text
    actor_id: UUID | None
    what: Text
    more: list[Text]
    kind: Text
    """What sort of record it happened to."""
    name: Text | None
    url: str


def rows(ctx: Context, entries: Iterable[HistoryEntry], modules: frozenset[str] | None) -> list[Row]:
    """The page of entries; the records' names are looked up with one query for each kind of record."""
    found = list(entries)
    actions = runtime().registry.audit_actions()
    targets = runtime().registry.audit_targets(modules)
    names = _names(ctx, found, targets)
    return [
        Row(
            entry.at,
            actor_label(entry.actor_kind, entry.actor_name),
            entry.actor_id,
            action_label(actions, entry.action),
            entry_text(actions, entry),
            target.label if (target := targets.get(entry.target_type)) else "",
            names.get((entry.target_type, entry.target_id)),
            _url(ctx, target, entry.target_id) if target else "",
        )
        for entry in found
    ]


def _names(
    ctx: Context, entries: Iterable[HistoryEntry], targets: Mapping[str, AuditTarget]
) -> dict[tuple[str, str], Text]:
    wanted: dict[str, list[str]] = {}
    for entry in entries:
        wanted.setdefault(entry.target_type, []).append(entry.target_id)
    found: dict[tuple[str, str], Text] = {}
    for kind, ids in wanted.items():
        target = targets.get(kind)
        if target is None or target.names is None or not ctx.actor.has(target.permission):
            continue
        found |= {(kind, key): name for key, name in target.names(ctx, sorted(set(ids))).items()}
    return found


def _url(ctx: Context, target: AuditTarget, key: str) -> str:
    """The record's page, if there is one that this person may open."""
    view = current_app.view_functions.get(target.endpoint)
    if view is None or not ctx.actor.has(getattr(view, "truong_permission", "")):
        return ""
    return url_for(target.endpoint, **{target.argument: key})  # type: ignore[arg-type]  # the name of the argument varies
