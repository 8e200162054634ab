"""Undoing an import: exactly what it did, and only while nothing later stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import in_memory, local_date
from core.sdk.errors import Conflict
from core.sdk.events import emit
from core.sdk.school import SchoolYear
from core.sdk.text import _

from ..events import UNDONE
from ..models import Import
from ._staging import PORTION, Record, waves
from ._upserting import upsert
from .copying import analyze
from .planning import get_import

_LATER = text(
    "SELECT r.full_name FROM learners_import_row r LEFT JOIN learners_learner l ON l.id = r.learner_id"
    " WHERE r.school_id = :school AND r.import_id = :import AND r.action IN ('new', 'changed')"
    " AND l.version IS DISTINCT FROM r.version ORDER BY r.number LIMIT 6"
)
_MOVED = text(
    "SELECT count(*) FROM learners_enrolment e JOIN learners_import_row r ON r.learner_id = e.learner_id"
    " WHERE r.school_id = :school AND r.import_id = :import AND r.action = 'new' AND e.school_id = :school"
    " AND e.import_id IS DISTINCT FROM :import"
)
_CHANGED = text(
    "SELECT number, learner_id, before::text FROM learners_import_row WHERE school_id = :school AND import_id = :import"
    " AND action = 'changed' AND number > :after ORDER BY number LIMIT :limit"
)
_ENROLMENTS = [
    text("DELETE FROM learners_enrolment WHERE school_id = :school AND import_id = :import"),
    text(
        "UPDATE learners_enrolment SET ends_on = NULL, closed_by = NULL WHERE school_id = :school"
        " AND closed_by = :import"
    ),
    text("DELETE FROM learners_policy_group WHERE school_id = :school AND import_id = :import"),
    text(
        "UPDATE learners_policy_group SET valid_to = NULL, closed_by = NULL WHERE school_id = :school"
        " AND closed_by = :import"
    ),
]
# Who was touched and which relations came with them, once and with statistics: everything below joins these.
_TOUCHED = text(
    "CREATE TEMP TABLE learners_undo ON COMMIT DROP AS SELECT learner_id AS id, action = 'new' AS is_new"
    " FROM learners_import_row WHERE school_id = :school AND import_id = :import AND action IN ('new', 'changed')"
)
_BROUGHT = text(
    "CREATE TEMP TABLE learners_undo_relation ON COMMIT DROP AS SELECT r.id, r.person_id FROM learners_undo u"
    " JOIN core_relation r ON r.related_id = u.id WHERE r.school_id = :school AND r.created_at = :confirmed_at"
)
_GONE = [
    text("DELETE FROM core_relation r USING learners_undo_relation u WHERE r.id = u.id"),
    text("DELETE FROM core_person p USING learners_undo u WHERE u.is_new AND p.id = u.id AND p.school_id = :school"),
    # Parents that this import brought, and who are nobody's parent any more.
    text(
        "DELETE FROM core_person p USING (SELECT DISTINCT person_id FROM learners_undo_relation) u"
        " WHERE p.id = u.person_id AND p.created_at = :confirmed_at AND p.school_id = :school"
        " AND NOT EXISTS (SELECT FROM core_relation r WHERE r.school_id = :school AND r.person_id = p.id)"
        " AND NOT EXISTS (SELECT FROM learners_learner l WHERE l.id = p.id)"
    ),
    text(
        "DELETE FROM learners_class k WHERE k.school_id = :school AND k.import_id = :import"
        " AND NOT EXISTS (SELECT FROM learners_enrolment e WHERE e.class_id = k.id)"
    ),
]


def undo_import(ctx: Context, import_id: UUID) -> None:
    """Take back a confirmed import.

    Raises:
        Conflict: not confirmed, or something later stands on it (a changed record, a bill); it says what.
    """
    ctx.require("learners.import.run")
    batch = get_import(ctx, import_id, lock=True)
    if batch.state != "confirmed":
        raise Conflict(_("Only a confirmed import can be undone."))
    in_memory(ctx)
    parameters: dict[str, Any] = {
        "school": ctx.school_id,
        "import": import_id,
        "confirmed_at": batch.confirmed_at,
    }
    _check_untouched(ctx, parameters)
    try:
        with ctx.session.begin_nested():
            _find(ctx, parameters)
            for statement in _ENROLMENTS:
                ctx.session.execute(statement, parameters)
            _restore(ctx, batch, parameters)
            for statement in _GONE:
                ctx.session.execute(statement, parameters)
    except IntegrityError as error:
        raise Conflict(
            _("Other records stand on this import already, for example bills or accounts. It cannot be undone."),
            code="import_in_use",
        ) from error
    batch.state, batch.undone_at = "undone", ctx.now()
    ctx.session.flush()
    record(ctx, "learners.import.undone", target=("learners_import", import_id))
    emit(ctx, UNDONE, {"import_id": str(import_id)})


def _find(ctx: Context, parameters: dict[str, Any]) -> None:
    ctx.session.execute(text("DROP TABLE IF EXISTS pg_temp.learners_undo, pg_temp.learners_undo_relation"))
    ctx.session.execute(_TOUCHED, parameters)
    analyze(ctx.session, "learners_undo")
    ctx.session.execute(_BROUGHT, parameters)
    analyze(ctx.session, "learners_undo_relation")


def _check_untouched(ctx: Context, parameters: dict[str, Any]) -> None:
    names = list(ctx.session.execute(_LATER, parameters).scalars())
    if names:
        raise Conflict(
            _(
                "These records were changed after the import: %(names)s. It cannot be undone as a whole.",
                names=", ".join(names[:5]) + (" …" if len(names) > 5 else ""),
            ),
            code="import_changed_later",
        )
    if ctx.session.execute(_MOVED, parameters).scalar_one():
        raise Conflict(
            _("Pupils of this import have changed their class since. It cannot be undone as a whole."),
            code="import_changed_later",
        )


def _restore(ctx: Context, batch: Import, parameters: dict[str, Any]) -> None:
    """Write the records of changed rows as they were before."""
    year = ctx.session.execute(select(SchoolYear).where(SchoolYear.id == batch.year_id)).scalar_one()
    now = ctx.now()
    for _count in waves(ctx.session, _portions(ctx, parameters)):
        upsert(
            ctx,
            year=batch.year_id,
            starts_on=year.starts_on,
            today=local_date(now),
            now=now,
            import_id=batch.id,
            with_enrolments=False,
        )


def _portions(ctx: Context, parameters: dict[str, Any]) -> Iterator[list[Record]]:
    after = -1
    while rows := ctx.session.execute(_CHANGED, {**parameters, "after": after, "limit": PORTION}).all():
        after = rows[-1].number
        yield [Record(number, learner_id, False, before.encode()) for number, learner_id, before in rows]
