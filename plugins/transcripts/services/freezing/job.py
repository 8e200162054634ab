"""Making the records of classes: a job with progress, set by set for each class."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from core.sdk import Context, Progress
from core.sdk.audit import record
from core.sdk.data import new_id, query
from core.sdk.events import emit
from core.sdk.files import store
from core.sdk.work import enqueue
from plugins.assessment import public as assessment
from plugins.learners import public as learners

from ...access import FREEZE
from ...events import FROZEN
from ...models import Transcript
from ...record.layout import own
from ...record.writer import write
from ...record.years import YearTranscript
from ...rules.slots import Place, Role
from ...rules.states import Event, State, freeze
from ..blocks import MEDIA_TYPE
from ..records import Moved, keep_moves
from .composing import Edition, compose, stage_of
from .preflight import ClassCheck, check_class
from .showing import shown

FREEZE_TASK = "transcripts.freeze"
PURPOSE = "transcripts.frozen"
_TRANSCRIPTS = text("""
INSERT INTO transcripts_transcript (id, school_id, learner_id, stage, number, from_school, begun_at, begun_by)
SELECT uuidv7(), :school, l, :stage, '', '', :now, :name FROM unnest(CAST(:learners AS uuid[])) l
ON CONFLICT (school_id, learner_id, stage) DO NOTHING
""")
_BEFORE = """
SELECT DISTINCT ON (r.transcript_id) r.transcript_id, r.id, r.version, r.sealed_sha256, r.reason, r.decision,
  max(r.version) OVER (PARTITION BY r.transcript_id)
FROM transcripts_year_record r
WHERE r.school_id = :school AND r.year_id = :year AND r.transcript_id = ANY(:transcripts)
ORDER BY r.transcript_id, (r.sealed_sha256 <> '') DESC, r.version DESC
"""
_RECORDS = text("""
INSERT INTO transcripts_year_record (id, school_id, transcript_id, learner_id, year_id, class_id, class_name, grade,
  rule_set, version, state, replaces_id, replaces_sha256, reason, decision, file_id, sha256, sealed_sha256, shown,
  from_paper, paper, token, frozen_at, frozen_by)
SELECT r.id, :school, r.transcript_id, r.learner_id, :year, :class, :class_name, :grade, :rule_set, r.version, r.state,
  r.replaces_id, r.replaces_sha256, r.reason, r.decision, r.file_id, r.sha256, '', r.shown, false, '', r.token, :now,
  :name
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, transcript_id uuid, learner_id uuid, version int,
  state text, replaces_id uuid, replaces_sha256 text, reason text, decision text, file_id uuid, sha256 text,
  shown jsonb, token text)
""")
_SLOTS = text("""
INSERT INTO transcripts_slot (id, school_id, record_id, role, subject, person_id, state, certificate_sha256, signed_by)
SELECT uuidv7(), :school, s.record_id, s.role, s.subject, s.person_id, 'waiting', '', ''
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS s(record_id uuid, role text, subject text, person_id uuid)
""")


@dataclass(frozen=True, slots=True)
class Correction:
    """Why records are made anew that are in force, by which decision."""

    reason: str
    decision: str


def ask(ctx: Context, class_ids: Sequence[UUID]) -> UUID:
    """Ask for the records of classes; returns the job.

    Raises:
        Forbidden.
    """
    ctx.require(FREEZE)
    payload = {"class_ids": [str(id) for id in class_ids]}
    return enqueue(ctx, FREEZE_TASK, payload, key="freeze:" + ":".join(sorted(payload["class_ids"]))[:200])


def freeze_class(
    ctx: Context, class_id: UUID, only: Sequence[UUID] | None = None, correction: Correction | None = None
) -> int:
    """Make the records of all pupils of a class of whom nothing is missing; returns how many. Those that are being
    signed or in force are left alone: running it again makes nothing twice.

    Args:
        only: these pupils.
        correction: also pupils whose record is in force, as its next version; `only` names them.

    Raises:
        Forbidden, NotFound.
    """
    ctx.require(FREEZE)
    check = check_class(ctx, class_id)
    ids = [one.member.id for one in check.year.pupils if one.member.id in _wanted(check, only, correction)]
    if not ids:
        return 0
    editions = _editions(ctx, check, ids, correction)
    made = [
        (pupil, compose(check.frame, check.year, pupil, check.identities[id], check.people, editions[id].edition))
        for pupil in check.year.pupils
        if (id := pupil.member.id) in editions
    ]
    _keep(ctx, check, made, editions)
    detail = {"records": len(made), "correction": correction is not None}
    record(ctx, "transcripts.records.frozen", target=("learners_class", class_id), detail=detail)
    told = {"class_id": str(class_id), "year_id": str(check.year.klass.year_id), "records": len(made)}
    emit(ctx, FROZEN, told)
    return len(made)


def _wanted(check: ClassCheck, only: Sequence[UUID] | None, correction: Correction | None) -> frozenset[UUID]:
    fit = check.fit
    if correction is not None and only is not None:
        fit |= {
            id for id in only if id in check.standing - check.working and not any(one.blocks for one in check.of(id))
        }
        if any(one.blocks for one in check.of(None)):
            fit = frozenset()
    return fit if only is None else fit & frozenset(only)


@dataclass(frozen=True, slots=True)
class _Next:
    edition: Edition
    replaces_id: UUID | None


def _editions(ctx: Context, check: ClassCheck, ids: Sequence[UUID], correction: Correction | None) -> dict[UUID, _Next]:
    """Which version of which transcript each pupil gets; a transcript that was begun elsewhere or earlier goes on."""
    stage = stage_of(check.year.klass.grade)
    values = {"school": ctx.school_id, "stage": stage, "learners": list(ids), "now": ctx.now(), "name": ctx.actor.name}
    ctx.session.execute(_TRANSCRIPTS, values)
    wanted = select(Transcript.id, Transcript.learner_id, Transcript.number).where(
        Transcript.school_id == ctx.school_id, Transcript.stage == stage, Transcript.learner_id.in_(ids)
    )
    mine = {row.learner_id: row for row in ctx.session.execute(wanted)}
    asked = {
        "school": ctx.school_id, "year": check.year.klass.year_id, "transcripts": [row.id for row in mine.values()],
    }  # fmt: skip
    before = {row[0]: row for row in query(ctx, _BEFORE, asked)}
    found = {}
    for id in ids:
        last = before.get(mine[id].id)
        version = last[6] + 1 if last else 1
        sealed = last is not None and bool(last[3])
        why = correction or (Correction(last[4], last[5]) if last is not None and sealed else Correction("", ""))
        edition = Edition(
            mine[id].id, version, mine[id].number, replaces=last[3] if last is not None and sealed else "",
            reason=why.reason if sealed else "", decision=why.decision if sealed else "",
        )  # fmt: skip
        found[id] = _Next(edition, last[1] if last is not None and sealed else None)
    return found


def _keep(
    ctx: Context,
    check: ClassCheck,
    made: Sequence[tuple[assessment.PupilYear, YearTranscript]],
    editions: Mapping[UUID, _Next],
) -> None:
    klass, layout = check.year.klass, own()
    rows: list[dict[str, Any]] = []
    slots: list[dict[str, Any]] = []
    moves: list[Moved] = []
    for pupil, one in made:
        following, id = editions[pupil.member.id], new_id()
        content = write(one, layout)
        kept = store(ctx, content, name=f"hoc-ba-{id}.xml", media_type=MEDIA_TYPE, purpose=PURPOSE)
        state = freeze(frozenset(one.slots)).state
        rows.append(
            {
                "id": id, "transcript_id": following.edition.transcript_id, "learner_id": pupil.member.id,
                "version": following.edition.version, "state": state, "replaces_id": following.replaces_id,
                "replaces_sha256": following.edition.replaces, "reason": following.edition.reason,
                "decision": following.edition.decision, "file_id": kept.id,
                "sha256": hashlib.sha256(content).hexdigest(), "shown": shown(check.year, pupil, one),
                "token": secrets.token_urlsafe(16),
            }
        )  # fmt: skip
        slots += [_slot(check, id, place) for place in one.slots]
        moves.append(Moved(id, Event.FREEZE, State.FROZEN, state))
    values = {
        "school": ctx.school_id, "year": klass.year_id, "class": klass.id, "class_name": klass.name,
        "grade": klass.grade, "rule_set": check.year.rules.code, "now": ctx.now(), "name": ctx.actor.name,
    }  # fmt: skip
    ctx.session.execute(_RECORDS, {**values, "rows": msgspec.json.encode(rows).decode()})
    ctx.session.execute(_SLOTS, {"school": ctx.school_id, "rows": msgspec.json.encode(slots).decode()})
    keep_moves(ctx, moves)


def _slot(check: ClassCheck, record_id: UUID, place: Place) -> dict[str, Any]:
    person = None if place.role is Role.SEAL else check.staff.person(check.year.klass.id, place)
    return {"record_id": record_id, "role": place.role, "subject": place.subject, "person_id": person}


def run(ctx: Context, class_ids: Sequence[UUID], progress: Progress) -> int:
    """The job: one class after the other. A run that was cut off has made nothing and is repeated; whoever has a record
    already is left alone."""
    wanted = list(class_ids) or [row.class_id for row in ctx.session.execute(learners.classes(ctx)) if row.grade > 0]
    made = 0
    for done, class_id in enumerate(wanted, 1):
        made += freeze_class(ctx, class_id)
        progress(done, len(wanted))
    return made
