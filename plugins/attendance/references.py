"""Where this module names pupils, and what a merge of two records of one pupil does there.

A pupil can be marked once for a session: where both records are, a person chooses. Registers remember what a merge
changed in them, so that a phone that was without a network takes no mark away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, MergedRows, Message, PersonReference, _
from core.sdk.data import new_id

from .models import Change, Mark, Register
from .rules.merge import PRESENT, Value
from .words import KIND_WORDS, SESSION_WORDS

Row = Mapping[str, Any]


def read_marks(ctx: Context, rows: Sequence[Row]) -> list[Message]:
    """Marks in plain words."""
    return [_mark(row) for row in rows]


def _mark(row: Row) -> Message:
    day, session = f"{date.fromisoformat(row['day']):%d/%m/%Y}", SESSION_WORDS[row["session"]]
    kind, period = KIND_WORDS[row["kind"]], row["period"]
    if period:
        session = _("%(session)s, period %(period)s", session=session, period=period)
    return _("%(day)s, %(session)s: %(kind)s", day=day, session=session, kind=kind)


def read_totals(ctx: Context, rows: Sequence[Row]) -> list[Message]:
    """Totals typed by hand, in plain words."""
    return [
        _(
            "Term %(term)s: %(excused)s with leave, %(unexcused)s without",
            term=row["term"],
            excused=row["excused"],
            unexcused=row["unexcused"],
        )
        for row in rows
    ]


def marks_merged(ctx: Context, rows: MergedRows) -> None:
    """Each register that was touched counts a version, with what changed for the record that is kept."""
    moved = [UUID(str(key["register_id"])) for key in rows.moved]
    aside = {
        who: {UUID(row["register_id"]): Value(row["kind"], row["minutes"]) for row in rows.dropped
              if row["learner_id"] == str(who)}
        for who in (rows.keep, rows.gone)
    }  # fmt: skip
    holder = rows.gone if rows.undone else rows.keep
    came = _values(ctx, holder, moved)
    stayed = _values(ctx, rows.keep, list(aside[rows.gone]))
    said: list[tuple[UUID, Value, Value, bool]] = []
    for register_id in {*moved, *aside[rows.keep]}:
        before, after = aside[rows.keep].get(register_id, PRESENT), came.get(register_id, PRESENT)
        said.append((register_id, after, before, True) if rows.undone else (register_id, before, after, True))
    if not rows.undone:
        said += [(id, stayed.get(id, PRESENT), value, False) for id, value in aside[rows.gone].items()]
    _remember(ctx, rows, said, {*aside[rows.keep], *aside[rows.gone]})


def _values(ctx: Context, learner_id: UUID, registers: Sequence[UUID]) -> dict[UUID, Value]:
    found = select(Mark.register_id, Mark.kind, Mark.minutes).where(
        Mark.school_id == ctx.school_id, Mark.learner_id == learner_id, Mark.register_id.in_(registers)
    )
    return {row.register_id: Value(row.kind, row.minutes) for row in ctx.session.execute(found)}


def _remember(
    ctx: Context, rows: MergedRows, said: Sequence[tuple[UUID, Value, Value, bool]], struck: set[UUID]
) -> None:
    counted = (
        update(Register)
        .where(Register.school_id == ctx.school_id, Register.id.in_({register_id for register_id, *_rest in said}))
        .values(version=Register.version + 1, updated_at=ctx.now())
        .returning(Register.id, Register.version)
    )
    versions = {row.id: row.version for row in ctx.session.execute(counted)}
    ctx.session.add_all(
        Change(
            id=new_id(), school_id=ctx.school_id, register_id=register_id, learner_id=rows.keep,
            version=versions[register_id], old_kind=old.kind, old_minutes=old.minutes, new_kind=new.kind,
            new_minutes=new.minutes, conflict=register_id in struck, applied=applied,
            account_id=ctx.actor.account_id, author=ctx.actor.name, happened_at=ctx.now(),
        )
        for register_id, old, new, applied in said
    )  # fmt: skip
    ctx.session.flush()


REFERENCES = [
    PersonReference("attendance_change", "learner_id"),
    PersonReference(
        "attendance_mark",
        "learner_id",
        same=("day", "session", "period"),
        key=("register_id", "learner_id"),
        choose=_("Attendance"),
        read=read_marks,
        after=marks_merged,
    ),
    PersonReference("attendance_request", "learner_id"),
    PersonReference(
        "attendance_former",
        "learner_id",
        same=("year_id", "term", "ended_at"),
        choose=_("Absences at the former school"),
        read=read_totals,
    ),
    PersonReference(
        "attendance_total",
        "learner_id",
        same=("year_id", "term"),
        key=("learner_id", "year_id", "term"),
        choose=_("Totals typed by hand"),
        read=read_totals,
    ),
]
