"""Who changed what on one record, in plain words, for the part `timeline`."""

from __future__ import annotations

from uuid import UUID

from core import audit
from core.audit.words import action_label, actor_label, entry_text
from core.data.context import Context

from .language import translate
from .runtime import runtime


def timeline_of(ctx: Context, target: tuple[str, UUID | str]) -> list[dict[str, object]]:
    """The entries of a record, newest first: `{when, title, text, who, code}`.

    The caller has checked that the record may be seen; who may see it may see its history.
    """
    actions = runtime().registry.audit_actions()
    return [
        {
            "when": entry.at,
            "title": action_label(actions, entry.action),
            "text": " · ".join(str(text) if isinstance(text, str) else translate(text) for text in said),
            "who": actor_label(entry.actor_kind, entry.actor_name),
            "code": entry.action,
        }
        for entry in audit.history(ctx, target)
        for said in [entry_text(actions, entry)]
    ]
