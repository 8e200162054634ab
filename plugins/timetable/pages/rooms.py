"""The rooms of the school."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context
from core.sdk.errors import Invalid, NotFound
from core.sdk.text import _
from core.sdk.web import flash, page, redirect_to, render

from ..services import rooms as services
from ..words import ROOM_WORDS
from .blueprint import blueprint


@blueprint.get("/rooms")
@page("timetable.edit")
def rooms(ctx: Context) -> str:
    """All rooms, and the way to add one."""
    return _page(ctx, None, {}, {})


def _page(ctx: Context, room_id: UUID | None, values: dict[str, object], errors: dict[str, object]) -> str:
    found = services.rooms(ctx)
    chosen = next((room for room in found if room.id == room_id), None)
    if room_id is not None and chosen is None:
        raise NotFound
    if chosen is not None and not values:
        values = {"name": chosen.name, "kind": chosen.kind, "capacity": chosen.capacity, "closed": chosen.closed}
    return render(
        "timetable/rooms.html", rooms=found, chosen=chosen, values=values, errors=errors,
        kinds=list(ROOM_WORDS.items()), words=ROOM_WORDS,
    )  # fmt: skip


@blueprint.get("/rooms/<uuid:room_id>")
@page("timetable.edit")
def room(ctx: Context, room_id: UUID) -> str:
    """One room, to be changed."""
    return _page(ctx, room_id, {}, {})


@blueprint.post("/rooms")
@page("timetable.edit")
def add_room(ctx: Context) -> ResponseReturnValue:
    """Add a room."""
    return _save(ctx, None)


@blueprint.post("/rooms/<uuid:room_id>")
@page("timetable.edit")
def save_room(ctx: Context, room_id: UUID) -> ResponseReturnValue:
    """Change a room, or close it."""
    return _save(ctx, room_id)


def _save(ctx: Context, room_id: UUID | None) -> ResponseReturnValue:
    form = request.form
    seats = form.get("capacity", "").strip()
    values: dict[str, object] = {**form, "closed": form.get("closed") == "1"}
    try:
        if seats and not (seats.isdecimal() and len(seats) < 5):
            problem = _("Please enter a number from 1 to 2000.")
            raise Invalid(problem, fields={"capacity": problem})
        services.save(
            ctx, room_id, name=form.get("name", ""), kind=form.get("kind", ""), capacity=int(seats) if seats else None,
            closed=form.get("closed") == "1",
        )  # fmt: skip
    except Invalid as error:
        return _page(ctx, room_id, values, dict(error.fields)), 422
    flash("ok", _("The room was saved."))
    return redirect_to("timetable.rooms")
