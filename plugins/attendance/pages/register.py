"""Taking a register."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..rules.merge import Value
from ..services import days, mine, registers
from ..services.registers import Key, Saved
from ..words import KIND_WORDS
from .blueprint import blueprint, day_of

_PERIODS = 5
"""Periods of a session that are offered; a longer one is reached from the timetable."""


@blueprint.get("/now")
@page("attendance.register.edit")
def now(ctx: Context) -> ResponseReturnValue:
    """The class whose register is to be taken now."""
    found = mine.now(ctx)
    if found is None:
        return render("attendance/nobody.html")
    chosen, session = found
    day = days.today(ctx).isoformat()
    return redirect_to("attendance.register", class_id=chosen.id, day=day, session=session)


@blueprint.get("/classes/<uuid:class_id>/<day>/<int:session>")
@page("attendance.register.read")
def register(ctx: Context, class_id: UUID, day: str, session: int) -> str:
    """The register of a class: everybody present, a tap on a name says otherwise."""
    period = request.args.get("period", "0")
    key = Key(class_id, day_of(day), session, int(period) if period.isdecimal() and len(period) < 3 else 99)
    found = registers.register(ctx, key)
    return render(
        "attendance/register.html",
        found=found,
        who=str(ctx.actor.account_id),
        key=key,
        classes=mine.my_classes(ctx, key.day),
        here=_address(key),
        other=_address(Key(class_id, key.day, 3 - session)),
        periods=[(number, _address(Key(class_id, key.day, session, number))) for number in range(_periods(key) + 1)],
        today=days.today(ctx),
    )


def _periods(key: Key) -> int:
    return max(_PERIODS, key.period)


@blueprint.get("/lessons/<lesson>")
@page("attendance.register.edit")
def lesson(ctx: Context, lesson: str) -> ResponseReturnValue:
    """The register of one lesson of the timetable, which names it by class, day, session and period."""
    parts = lesson.split(".")
    try:
        class_id, day, session, period = UUID(parts[0]), day_of(parts[1]), int(parts[2]), int(parts[3])
    except (ValueError, IndexError):
        raise NotFound from None
    return redirect_to("attendance.register", class_id=class_id, day=day.isoformat(), session=session, period=period)


def _address(key: Key) -> str:
    more = {"period": key.period} if key.period else {}
    return url_for("attendance.register", class_id=key.class_id, day=key.day.isoformat(), session=key.session, **more)  # type: ignore[arg-type]


@blueprint.post("/classes/<uuid:class_id>/<day>/<int:session>")
@page("attendance.register.edit")
def save_register(ctx: Context, class_id: UUID, day: str, session: int) -> ResponseReturnValue:
    """Keep the register; works without JavaScript."""
    form = request.form
    period = form.get("period", "0")
    key = Key(class_id, day_of(day), session, int(period) if period.isdecimal() and len(period) < 3 else 99)
    base = form.get("base", "0")
    marks: dict[UUID, Value] = {}
    for name, kind in form.items():
        if name.startswith("mark_") and kind != "present":
            learner = UUID(name.removeprefix("mark_"))
            minutes = form.get(f"minutes_{learner}", "")
            timed = kind in ("late", "left") and minutes.isdecimal() and len(minutes) < 4
            marks[learner] = Value(kind, int(minutes) if timed else 0)
    try:
        saved = registers.save(ctx, key, marks, base=int(base) if base.isdecimal() and len(base) < 9 else 0)
    except Conflict as refused:
        flash("stop", refused.message)
        return redirect_to("attendance.register", class_id=class_id, day=day, session=session)
    _say(ctx, saved, key)
    more = {"period": key.period} if key.period else {}
    return redirect_to("attendance.register", class_id=class_id, day=day, session=session, **more)


def _say(ctx: Context, saved: Saved, key: Key) -> None:
    flash("ok", _("The register is kept."))
    if not saved.clashes:
        return
    names = {line.id: line.full_name for line in registers.register(ctx, key).lines}
    for clash in saved.clashes:
        flash(
            "attention",
            _(
                "%(name)s: somebody else wrote “%(theirs)s”, you wrote “%(mine)s”. Kept is “%(kept)s”.",
                name=names.get(clash.learner_id, "?"),
                theirs=KIND_WORDS[clash.theirs.kind],
                mine=KIND_WORDS[clash.mine.kind],
                kept=KIND_WORDS[clash.kept.kind],
            ),
        )
