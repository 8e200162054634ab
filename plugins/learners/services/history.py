"""Every change of a record with the values before and after, for those who may see them.

The audit trail names only the fields: it is kept for good. The values stand here, where they can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.data import new_id
from core.sdk.text import Message

from .. import sensitive
from ..models import Change, Import, ImportRow
from ..rules.codes import field_label
from ..rules.fields import BY_NAME
from ..rules.merging import changes as differences
from ..rules.merging import merge

SENSITIVE = (
    frozenset(sensitive.FIELDS) | {"policy"} | frozenset(name for name, one in BY_NAME.items() if one.data_class)
)
"""Fields whose values the history never shows: they are read where a purpose is asked for."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its value before and after; `hidden` where only the name may be shown."""

    name: str
    label: Message
    before: Any
    after: Any
    hidden: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change of a record: by hand, or by an import."""

    at: datetime | None
    author: str
    import_id: UUID | None
    file_name: str
    fields: list[FieldChange]


def note_changes(ctx: Context, learner_id: UUID, fields: Mapping[str, list[Any]]) -> None:
    """Keep what a change by hand did: `{"field": [before, after]}` of plain values."""
    if fields:
        ctx.session.add(
            Change(
                id=new_id(), school_id=ctx.school_id, learner_id=learner_id, at=ctx.now(), author=ctx.actor.name,
                fields=dict(fields),
            )
        )  # fmt: skip
        ctx.session.flush()


def changes_of(ctx: Context, learner_id: UUID) -> list[ChangeLine]:
    """The changes of a record with values, the latest first. The caller has checked who asks.

    Values are shown to those who may edit records; of sensitive fields nobody sees them here.
    """
    shown = ctx.actor.has("learners.learner.edit")
    by_hand = (
        select(Change.at, Change.author, Change.fields)
        .where(Change.school_id == ctx.school_id, Change.learner_id == learner_id)
        .order_by(Change.at.desc(), Change.id.desc())
    )
    lines = [
        ChangeLine(row.at, row.author, None, "", _fields(row.fields, shown=shown))
        for row in ctx.session.execute(by_hand)
    ]
    by_import = (
        select(
            Import.id, Import.file_name, Import.author, Import.confirmed_at, ImportRow.action, ImportRow.before,
            ImportRow.value,
        )
        .join(ImportRow, ImportRow.import_id == Import.id)
        .where(
            Import.school_id == ctx.school_id,
            ImportRow.school_id == ctx.school_id,
            ImportRow.learner_id == learner_id,
            ImportRow.action.in_(("new", "changed")),
            Import.state == "confirmed",
        )
    )  # fmt: skip
    for row in ctx.session.execute(by_import):
        given = differences(row.before, merge(row.before, row.value)) if row.before and row.action == "changed" else {}
        fields = _fields(given, shown=shown)
        lines.append(ChangeLine(row.confirmed_at, row.author, row.id, row.file_name, fields))
    return sorted(lines, key=lambda line: str(line.at), reverse=True)


def _fields(given: Mapping[str, list[Any]], *, shown: bool) -> list[FieldChange]:
    return [
        FieldChange(name, label_of(name), before if open_ else None, after if open_ else None, not open_)
        for name, (before, after) in given.items()
        for open_ in (shown and name not in SENSITIVE,)
    ]


def label_of(name: str) -> Message:
    """What people call a field of the record or of the profile."""
    return BY_NAME[name].label if name in BY_NAME else field_label(name)
