"""Two records of one pupil are made one, field by field, and taken apart again exactly as they were."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.sdk import Context, PersonReference
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.events import emit
from core.sdk.people import hindrances, merge_rows, put_back, search_text, taken_out, unmerge_rows
from core.sdk.text import _

from ...events import MERGED
from ...models import Learner, Merge
from ..doubles import MERGE
from ..learners import record_of
from .preview import FIELDS, RELATIONS, preview


def merge(
    ctx: Context, references: Sequence[PersonReference], first: UUID, second: UUID, choices: Mapping[str, str]
) -> UUID:
    """Make two records one; everything that hangs on the one that goes follows.

    The record on which something is open (a bill, a payment under way) is the one that is kept.

    Args:
        choices: `first` or `second` by field, or by the table of a `Double`; without one the proposal of `preview`.

    Returns:
        the merge, which can be undone.

    Raises:
        NotFound: one of them is no pupil here. Conflict: something open hangs on both. Invalid: an unknown choice.
    """
    shown = preview(ctx, references, first, second)
    if any(value not in ("first", "second") for value in choices.values()):
        raise Invalid(_("Choose one of the values."))
    taken = {
        one.name: second if choices.get(one.name, "second" if one.second else "first") == "second" else first
        for one in shown.choices
    }
    keep, gone = (second, first) if hindrances(ctx, references, second) else (first, second)
    locked = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id.in_((first, second)))
    ctx.session.execute(locked.order_by(Learner.id).with_for_update())
    undo: dict[str, Any] = {"keep": _rows(ctx, keep), "gone": _rows(ctx, gone)}
    try:
        with ctx.session.begin_nested():
            undo["years"] = _drop_years(ctx, keep, gone, taken["lop"])
            undo["families"] = _drop_families(ctx, keep, gone, taken)
            undo["moved"] = merge_rows(ctx, references, keep, gone, _prefer(choices, first, second, gone))
            _join(ctx, keep, gone, taken, undo)
    except IntegrityError as error:
        raise Conflict(
            _("Another module holds on to both records. They cannot be merged."), code="merge_hindered"
        ) from error
    kept = record_of(ctx, keep)
    now = ctx.now()
    done = Merge(
        id=new_id(), school_id=ctx.school_id, kept_id=keep, gone_id=gone, kept_name=kept.value["hovaten"],
        version=kept.version, author=ctx.actor.name, undo=undo, created_at=now, updated_at=now,
    )  # fmt: skip
    ctx.session.add(done)
    ctx.session.flush()
    detail = {"gone": gone, "fields": sorted(name for name, who in taken.items() if who == gone)}
    record(ctx, "learners.record.merged", target=("learner", keep), detail=detail)
    emit(ctx, MERGED, {"kept_id": str(keep), "gone_id": str(gone)})
    return done.id


def _prefer(choices: Mapping[str, str], first: UUID, second: UUID, gone: UUID) -> set[str]:
    """Tables in which the rows of the record that goes were chosen."""
    chosen = {name: second if value == "second" else first for name, value in choices.items() if name not in FIELDS}
    return {name for name, who in chosen.items() if who == gone}


def _join(ctx: Context, keep: UUID, gone: UUID, taken: Mapping[str, UUID], undo: dict[str, Any]) -> None:
    """The row of the pupil who goes is taken out, and the chosen values of it are taken over."""
    persons, learners = undo["gone"]
    undo["learner"] = taken_out(ctx, "learners_learner", "t.id = :gone", {"gone": gone})
    for name, who in taken.items():
        person_columns, learner_columns = FIELDS[name]
        if who == gone:
            _take(ctx, "core_person", keep, persons, person_columns)
            _take(ctx, "learners_learner", keep, learners, learner_columns)
    _refresh(ctx, keep)


def _drop_years(ctx: Context, keep: UUID, gone: UUID, chosen: UUID) -> list[dict[str, Any]]:
    """In years in which both are enrolled, the enrolments of the chosen record stay and the others go."""
    other = gone if chosen == keep else keep
    values = {"other": other, "chosen": chosen}
    shared = "t.year_id IN (SELECT year_id FROM learners_enrolment WHERE learner_id = :chosen)"
    steps = taken_out(
        ctx,
        "learners_movement",
        "t.learner_id = :other AND EXISTS (SELECT FROM learners_enrolment e WHERE e.id IN (t.began, t.ended) AND"
        " e.year_id IN (SELECT year_id FROM learners_enrolment WHERE learner_id = :chosen))",
        values,
    )
    enrolments = taken_out(ctx, "learners_enrolment", f"t.learner_id = :other AND {shared}", values)
    return [{"table": "learners_enrolment", "rows": enrolments}, {"table": "learners_movement", "rows": steps}]


def _drop_families(ctx: Context, keep: UUID, gone: UUID, taken: Mapping[str, UUID]) -> list[dict[str, Any]]:
    """Of father, mother and guardian the chosen record's relations stay, where it has any."""
    rows: list[dict[str, Any]] = []
    for name, kind in RELATIONS.items():
        other = gone if taken[name] == keep else keep
        where = (
            "t.related_id = :other AND t.kind = :kind AND EXISTS (SELECT FROM core_relation o"
            " WHERE o.related_id = :chosen AND o.kind = :kind)"
        )
        rows += taken_out(ctx, "core_relation", where, {"other": other, "chosen": taken[name], "kind": kind})
    return rows


def _take(ctx: Context, table: str, keep: UUID, row: Mapping[str, Any], columns: Sequence[str]) -> None:
    if columns:
        sets = ", ".join(f"{name} = r.{name}" for name in columns)
        statement = (
            f"UPDATE {table} t SET {sets} FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb)) r"  # noqa: S608
            " WHERE t.id = :keep"
        )
        ctx.session.execute(text(statement), {"row": json.dumps(row), "keep": keep})


def _refresh(ctx: Context, keep: UUID) -> None:
    """What follows from the values: the version, and the words by which the pupil is found."""
    ctx.session.expire_all()
    now = {"now": ctx.now(), "id": keep}
    ctx.session.execute(
        text("UPDATE learners_learner SET version = version + 1, updated_at = :now WHERE id = :id"), now
    )
    row = ctx.session.execute(
        text("SELECT c.full_name, l.code FROM core_person c JOIN learners_learner l ON l.id = c.id WHERE c.id = :id"),
        now,
    ).one()
    words = search_text(row.full_name, (), "", (row.code,) if row.code else ())
    ctx.session.execute(
        text("UPDATE core_person SET search_text = :words, updated_at = :now WHERE id = :id"), {**now, "words": words}
    )


def _rows(ctx: Context, learner_id: UUID) -> list[dict[str, Any]]:
    """The rows of person and pupil, whole."""
    return [
        ctx.session.execute(text(f"SELECT to_jsonb(t) FROM {table} t WHERE id = :id"), {"id": learner_id}).scalar_one()  # noqa: S608
        for table in ("core_person", "learners_learner")
    ]


def unmerge(ctx: Context, references: Sequence[PersonReference], merge_id: UUID) -> None:
    """Take a merge back: both records are exactly as they were.

    Raises:
        NotFound: no such merge. Conflict: taken back already, or the record was changed since.
    """
    ctx.require(MERGE)
    query = select(Merge).where(Merge.school_id == ctx.school_id, Merge.id == merge_id).with_for_update()
    done = ctx.session.execute(query).scalar_one_or_none()
    if done is None:
        raise NotFound
    if done.undone_at is not None:
        raise Conflict(_("This was taken back already."))
    if record_of(ctx, done.kept_id).version != done.version:
        raise Conflict(_("The record was changed after the merge. Take the changes back first, or mend it by hand."))
    keep, gone, undo = done.kept_id, done.gone_id, done.undo
    try:
        with ctx.session.begin_nested():
            # The kept record first: it may hold the code of the other one.
            for table, row in zip(("core_person", "learners_learner"), undo["keep"], strict=True):
                _take(ctx, table, keep, row, [name for name in row if name not in ("id", "school_id")])
            put_back(ctx, "learners_learner", undo["learner"])
            unmerge_rows(ctx, references, undo["moved"], keep, gone)
            put_back(ctx, "core_relation", undo["families"])
            for step in undo["years"]:
                put_back(ctx, step["table"], step["rows"])
    except IntegrityError as error:
        raise Conflict(_("Something later stands on the merged record. It cannot be taken apart.")) from error
    ctx.session.expire_all()
    done.undone_at = ctx.now()
    done.undo = {}
    ctx.session.flush()
    record(ctx, "learners.record.unmerged", target=("learner", keep), detail={"gone": gone})
    emit(ctx, MERGED, {"kept_id": str(keep), "gone_id": str(gone)})
