"""Registers without a network: an empty page that the phone keeps, what it fills it with, and sending what waited."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import Schema, fields, validate

from core.sdk import Context
from core.sdk.text import _
from core.sdk.web import json_answer, load_form, page, public, render, runtime, say, translate, visitor

from ..models import KINDS
from ..rules.merge import Value
from ..services import days, mine, registers
from ..services.registers import Key
from ..settings import rules
from ..words import KIND_WORDS
from .blueprint import blueprint

_MOST = 40
"""Classes that a phone keeps for one day."""


class MarkBody(Schema):
    """A pupil who was not simply there."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    minutes = fields.Integer(load_default=0, validate=validate.Range(0, 300))


class RegisterBody(Schema):
    """A register that waited on a phone, with the version that it was based on."""

    class_id = fields.UUID(required=True)
    day = fields.Date(required=True, error_messages=say(invalid=_("This is not a date.")))
    session = fields.Integer(required=True)
    period = fields.Integer(load_default=0)
    base = fields.Integer(required=True, validate=validate.Range(0, 10**6))
    marks = fields.List(fields.Nested(MarkBody), required=True, validate=validate.Length(max=200))


@blueprint.get("/device")
@public("an empty page for registers without a network; it holds no data")
def device() -> str:
    """The page that a phone keeps; a script fills it with what the person lets the phone keep."""
    return render("attendance/device.html", school_name="Trường")


@blueprint.get("/device.json")
@page("attendance.register.edit")
def device_data(ctx: Context) -> Response:
    """Today's classes of the teacher: what the phone keeps when the person says so. Also the token for sending."""
    day = days.today(ctx)
    sessions = rules(ctx).sessions
    kept: list[dict[str, Any]] = []
    if request.args.get("names") == "1":
        for one in mine.my_classes(ctx, day)[:_MOST]:
            for session in (1, 2) if sessions == 2 else (days.session_at(ctx.now()),):
                view = registers.register(ctx, Key(one.id, day, session))
                kept.append(
                    {
                        "class_id": one.id, "class_name": one.name, "day": day, "session": session,
                        "version": view.version,
                        "lines": [
                            {"id": line.id, "name": line.full_name, "kind": line.kind, "minutes": line.minutes}
                            for line in view.lines
                        ],
                    }
                )  # fmt: skip
    return json_answer({"who": _who(ctx), "day": day, "csrf": _token(), "registers": kept})


def _who(ctx: Context) -> str:
    """Whose registers a phone keeps, so that nobody sends those of another."""
    return str(ctx.actor.account_id)


def _token() -> str:
    person = visitor()
    return runtime().csrf_token(person.token) if person else ""


@blueprint.post("/sync")
@page("attendance.register.edit")
def sync(ctx: Context) -> Response:
    """Keep one register that waited on a phone: merged with what was written meanwhile."""
    body = load_form(RegisterBody(), request.get_json(silent=True) or {})
    day: date = body["day"]
    key = Key(body["class_id"], day, body["session"], body["period"])
    marks: dict[UUID, Value] = {mark["id"]: Value(mark["kind"], mark["minutes"]) for mark in body["marks"]}
    saved = registers.save(ctx, key, marks, base=body["base"])
    names = {line.id: line.full_name for line in registers.register(ctx, key).lines} if saved.clashes else {}
    clashes = [
        {
            "name": names.get(clash.learner_id, ""),
            "mine": translate(KIND_WORDS[clash.mine.kind].msgid),
            "theirs": translate(KIND_WORDS[clash.theirs.kind].msgid),
            "kept": translate(KIND_WORDS[clash.kept.kind].msgid),
        }
        for clash in saved.clashes
    ]
    return json_answer({"version": saved.version, "changed": saved.changed, "clashes": clashes,
                        "left_out": len(saved.left_out)})  # fmt: skip
