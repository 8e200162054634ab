"""The record of changes in plain words: what the codes of entries mean, who acted, and what to call a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.data.context import Context
from core.types.contributions import AuditAction
from core.types.message import Message, _

from .trail import HistoryEntry

_PARTS = {
    "system:cli": _("Operator's command line"),
    "system:demo": _("Demo data"),
    "system:payments": _("Payments (automatic)"),
    "system:schedule": _("Scheduled work"),
    "system:sign-in": _("Sign-in"),
    "system:sign-out": _("Sign-in"),
}

Names = Callable[[Context, Sequence[str]], Mapping[str, str | Message]]


def actor_label(kind: str, name: str) -> str | Message:
    """Who acted: a person by name, the holder of a link, or a part of the program."""
    if kind == "link":
        return _("Holder of a pay link")
    if kind == "system":
        return _PARTS.get(name, _("The program"))
    return name


def action_label(actions: Mapping[str, AuditAction], code: str) -> Message:
    """What was done. A code of a module that is no longer installed stays readable as an unknown action."""
    found = actions.get(code)
    return found.label if found else _("Something that this version does not know (%(code)s)", code=code)


def entry_text(actions: Mapping[str, AuditAction], entry: HistoryEntry) -> list[str | Message]:
    """What the details add, and the reason that was given."""
    found = actions.get(entry.action)
    more = found.detail(entry.detail) if found and found.detail else None
    reason = entry.detail.get("reason")
    said: list[str | Message] = [more] if more else []
    if isinstance(reason, str) and reason.strip():
        said.append(_("Reason: %(reason)s", reason=reason.strip()))
    return said


def names_of(key: Any, name: Any) -> Names:
    """A finder of names for `AuditTarget.names`: mapped columns of the id and of the name.

    The guard of the session keeps the query to the context's school.
    """

    def find(ctx: Context, ids: Sequence[str]) -> Mapping[str, str | Message]:
        rows = ctx.session.execute(select(key, name).where(key.in_(uuids(ids))))
        return {str(found): str(called) for found, called in rows}

    return find


def uuids(ids: Sequence[str]) -> list[UUID]:
    """Ids of entries, which are text because some records have keys of other kinds."""
    return [UUID(i) for i in ids]
