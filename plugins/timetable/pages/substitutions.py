"""Teachers who are away, the lessons concerned, and what is decided for each."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render, see_other
from plugins.curriculum import public as curriculum

from ..rules.board import Slot
from ..services import absences
from ..services.days import Held
from ..services.frame import Frame, names
from ..services.substitutions import Proposal, concerned
from ..words import REASON_WORDS, STATE_WORDS, slot_word, subject_word
from .blueprint import blueprint
from .views import asked_day

_OFFERED = 8


@blueprint.get("/substitutions")
@page("timetable.substitute")
def substitutions(ctx: Context) -> str:
    """Open lessons of the next days with proposals, what is decided, who is away."""
    return _page(ctx, {})


def _page(ctx: Context, errors: dict[str, object]) -> str:
    day = asked_day(ctx)
    last = day + timedelta(days=6)
    found = concerned(ctx, day, last)
    staff = curriculum.teachers(ctx)
    known = {line.id: line.full_name for line in staff}
    faces = found.days.frame
    return render(
        "timetable/substitutions.html",
        day=day,
        open=[_open(faces, proposal, known) for proposal in found.open],
        decided=[_lesson(faces, lesson) for lesson in found.decided],
        absences=absences.absences(ctx, day, last),
        staff=[(str(line.id), line.full_name) for line in staff],
        reasons=list(REASON_WORDS.items()),
        reason_words=REASON_WORDS,
        states=STATE_WORDS,
        before=url_for("timetable.substitutions", day=(day - timedelta(days=7)).isoformat()),
        after=url_for("timetable.substitutions", day=(day + timedelta(days=7)).isoformat()),
        errors=errors,
    )


def _lesson(faces: Frame, lesson: Held) -> dict[str, object]:
    return {
        "id": lesson.lesson, "day": lesson.day, "slot": slot_word(faces, Slot(lesson.day.isoweekday(), lesson.period)),
        "subject": subject_word(faces, lesson.subject_id), "class": faces.classes.get(lesson.class_id, ""),
        "planned": faces.teacher_name(lesson.planned), "teacher": faces.teacher_name(lesson.teacher),
        "state": lesson.state, "reason": lesson.reason, "change_id": lesson.change_id, "moved_on": lesson.moved_on,
    }  # fmt: skip


def _open(faces: Frame, proposal: Proposal, known: dict[UUID, str]) -> dict[str, object]:
    offered = [
        (str(c.teacher), _candidate(known.get(c.teacher, ""), c.subject, c.of_class, c.load))
        for c in proposal.candidates
    ]
    return {**_lesson(faces, proposal.lesson), "offered": offered[:_OFFERED], "others": offered[_OFFERED:]}


def _candidate(name: str, subject: bool, of_class: bool, load: int) -> object:
    if subject:
        return _("%(name)s - same subject, %(load)s lessons that day", name=name, load=load)
    if of_class:
        return _("%(name)s - teaches the class, %(load)s lessons that day", name=name, load=load)
    return _("%(name)s - free, %(load)s lessons that day", name=name, load=load)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.post("/absences")
@page("timetable.substitute")
def enter_absence(ctx: Context) -> ResponseReturnValue:
    """Enter who is away."""
    form = request.form
    first = _day(form.get("starts_on", ""))
    last = _day(form.get("ends_on", "")) or first
    try:
        teacher = UUID(form.get("teacher_id", ""))
    except ValueError:
        return _page(ctx, {"teacher_id": _("Choose a teacher of the school.")}), 422
    if first is None or last is None:
        return _page(ctx, {"starts_on": _("Choose a day.")}), 422
    try:
        absences.enter(ctx, teacher, first, last, form.get("reason", "other"))
    except Invalid as error:
        return _page(ctx, dict(error.fields)), 422
    except Conflict as error:
        return _page(ctx, {"starts_on": error.message}), 409
    flash("ok", _("The absence was entered. Decide about the lessons below."))
    return see_other(url_for("timetable.substitutions", day=first.isoformat()))


@blueprint.post("/absences/<uuid:absence_id>/withdraw")
@page("timetable.substitute")
def withdraw_absence(ctx: Context, absence_id: UUID) -> ResponseReturnValue:
    """The teacher comes after all."""
    absences.withdraw_absence(ctx, absence_id)
    flash("ok", _("The absence was withdrawn."))
    return redirect_to("timetable.substitutions")


@blueprint.post("/lessons/<uuid:lesson_id>")
@page("timetable.substitute")
def decide(ctx: Context, lesson_id: UUID) -> ResponseReturnValue:
    """Name a substitute for a lesson of one day, cancel it, or move it."""
    form = request.form
    day = _day(form.get("day", ""))
    if day is None:
        raise NotFound
    reason = form.get("reason", "other")
    try:
        match form.get("do"):
            case "cancel":
                absences.cancel(ctx, lesson_id, day, reason=reason)
            case "move":
                moved_on = _day(form.get("moved_on", ""))
                if moved_on is None:
                    raise Invalid(_("Choose a day."))
                period = form.get("moved_period", 0, type=int)
                absences.move(ctx, lesson_id, day, moved_on, period, reason=reason)
            case _:
                absences.substitute(ctx, lesson_id, day, UUID(form.get("teacher_id", "")), reason=reason)
    except ValueError:
        flash("stop", _("Choose a teacher of the school."))
    except (Conflict, Invalid) as error:
        flash("stop", error.message)
    else:
        flash("ok", _("Decided. Those concerned are told."))
    return see_other(url_for("timetable.substitutions", day=form.get("shown") or day.isoformat()))


@blueprint.post("/changes/<uuid:change_id>/withdraw")
@page("timetable.substitute")
def restore(ctx: Context, change_id: UUID) -> ResponseReturnValue:
    """Withdraw a decision."""
    absences.restore(ctx, change_id)
    flash("ok", _("The decision was withdrawn."))
    return see_other(url_for("timetable.substitutions", day=request.form.get("shown", "")))


@blueprint.get("/substitutions/totals")
@page("timetable.substitute")
def totals(ctx: Context) -> str:
    """Substituted periods by teacher, for pay; and the history of decisions."""
    today = local_date(ctx.now())
    first = _day(request.args.get("from", "")) or today.replace(day=1)
    last = _day(request.args.get("to", "")) or today
    entries = absences.history(ctx)
    known = names(ctx, {id for entry in entries for id in (entry.teacher_id, entry.absent_id) if id})
    return render(
        "timetable/totals.html",
        first=first,
        last=last,
        lines=absences.totals(ctx, first, last),
        entries=[
            {
                "day": entry.day, "state": STATE_WORDS[entry.kind], "planned": known.get(entry.absent_id, "")
                if entry.absent_id else "", "teacher": known.get(entry.teacher_id, "") if entry.teacher_id else "",
                "who": entry.decided_by, "withdrawn": entry.withdrawn_at is not None,
            }
            for entry in entries
        ],
    )  # fmt: skip
