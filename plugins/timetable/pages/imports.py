"""Pages of imports: upload, plan, confirm, undo."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Conflict, Invalid, TruongError
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..services import importing, rooms
from ..words import IMPORT_WORDS, PROBLEM_WORDS
from .blueprint import blueprint


@blueprint.get("/imports")
@page("timetable.edit")
def imports(ctx: Context) -> str:
    """Upload a timetable; the imports so far."""
    return render("timetable/imports.html", lines=importing.imports(ctx), words=IMPORT_WORDS, errors={})


@blueprint.post("/imports")
@page("timetable.edit")
def upload(ctx: Context) -> ResponseReturnValue:
    """Read a file into a plan; nothing is changed."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid(_("Choose a file."))
        import_id = importing.plan_file(ctx, sent.filename, sent.read())
    except TruongError as error:
        errors = {"file": error.message}
        found = importing.imports(ctx)
        return render("timetable/imports.html", lines=found, words=IMPORT_WORDS, errors=errors), 422
    return redirect_to("timetable.import_", import_id=import_id)


@blueprint.get("/imports/<uuid:import_id>")
@page("timetable.edit")
def import_(ctx: Context, import_id: UUID) -> str:
    """What was understood, and each cell that was not."""
    found = importing.get_import(ctx, import_id)
    problems = [
        {**problem, "why": PROBLEM_WORDS[problem["code"]](problem["hint"])} for problem in found.plan["problems"]
    ]
    counts = found.plan["counts"]
    remarks = counts.get("other_teacher", 0)
    return render(
        "timetable/import.html",
        found=found,
        refused=[problem for problem in problems if problem["code"] != "other_teacher"],
        remarks=[problem for problem in problems if problem["code"] == "other_teacher"],
        lessons=len(found.plan["lessons"]),
        wrong=sum(counts.values()) - remarks,
        remarked=remarks,
        rooms=list(enumerate(found.plan.get("rooms", []))),
        known_rooms=[(str(room.id), room.name) for room in rooms.rooms(ctx, closed=False)],
        words=IMPORT_WORDS,
    )


def _same_rooms(unknown: list[str]) -> dict[str, UUID]:
    chosen = {text: request.form.get(f"room_{at}", type=UUID) for at, text in enumerate(unknown)}
    return {text: id for text, id in chosen.items() if id is not None}


@blueprint.post("/imports/<uuid:import_id>")
@page("timetable.edit")
def decide_import(ctx: Context, import_id: UUID) -> ResponseReturnValue:
    """Confirm a plan, read the file again, or take the draft back."""
    try:
        match request.form.get("do"):
            case "confirm":
                found = importing.get_import(ctx, import_id)
                name = request.form.get("name", "").strip() or found.file_name
                version_id = importing.confirm(ctx, import_id, name, _same_rooms(found.plan.get("rooms", [])))
                flash("ok", _("The draft was made. Check it and put it into force."))
                return redirect_to("timetable.version", version_id=version_id)
            case "undo":
                importing.undo(ctx, import_id)
                flash("ok", _("The import was undone. Everything is as it was before."))
            case _:
                importing.read_again(ctx, import_id)
                flash("ok", _("The file was read again."))
    except (Conflict, Invalid) as error:
        flash("stop", error.message)
    return redirect_to("timetable.import_", import_id=import_id)
