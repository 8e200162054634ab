"""What is held on a person: shown, taken away as a file, erased as far as no duty keeps it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from core.access import personal
from core.access.personal import Holding
from core.data.context import Context
from core.data.i18n import translator
from core.disclosure import disclose
from core.disclosure.purposes import REQUEST
from core.sdk.web.language import locale
from core.sdk.web.parts import person_page
from core.sdk.web.render import file_response, flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page
from core.types.contributions import Held
from core.types.message import Message, _
from core.web.components.format import day, moment
from core.web.language import translate

blueprint = Blueprint("personal", __name__, url_prefix="/people")


@blueprint.get("/<uuid:person_id>/data")
@page(personal.READ)
def data(ctx: Context, person_id: UUID) -> str:
    """All that is held on this person, by module, in plain words."""
    name = personal.name_of(ctx, person_id)
    return render(
        "pages/personal.html",
        name=name,
        person_id=person_id,
        found=_held(ctx, person_id),
        rows=_rows,
        back=person_page(ctx, person_id) or url_for("home.start"),
        may_erase=ctx.actor.has(personal.ERASE),
        children=personal.children_of_actor(ctx) if person_id == ctx.actor.person_id else [],
    )


@blueprint.get("/<uuid:person_id>/data.json")
@page(personal.READ)
def export(ctx: Context, person_id: UUID) -> Response:
    """The same as a file for machines."""
    say = translator(locale())
    found = _held(ctx, person_id, purpose="exported")
    body = {
        "person": str(person_id),
        "name": personal.name_of(ctx, person_id),
        "at": ctx.now().isoformat(),
        "held": [
            {
                "name": kept.data.name,
                "label": kept.data.label.render(say),
                "purpose": kept.data.purpose.render(say),
                "basis": kept.data.basis.render(say),
                "retention": kept.data.retention.render(say),
                "complete": kept.held is not None,
                "records": [_record(held) for held in kept.held or ()],
            }
            for kept in found
        ],
    }
    return file_response(msgspec.json.format(msgspec.json.encode(body)), f"{person_id}.json", "application/json")


def _held(ctx: Context, person_id: UUID, purpose: str = "shown") -> list[Holding]:
    """All that is held. Sensitive classes among it are read to answer the request, which the family sees."""
    found = personal.held_on(ctx, runtime().registry, person_id, purpose=purpose)
    classes = {name for holding in found if holding.held for name in holding.data.data_classes}
    disclose(ctx, person_id, classes, place=_("What we hold on this person"), purpose=REQUEST)
    return found


@blueprint.get("/<uuid:person_id>/erase")
@page(personal.ERASE)
def plan(ctx: Context, person_id: UUID) -> str:
    """What erasing would take away, and what it would leave and why."""
    told = personal.erasure_of(ctx, runtime().registry, person_id)
    return render(
        "pages/personal_erase.html",
        name=personal.name_of(ctx, person_id),
        person_id=person_id,
        gone=[translate(item) for _data, erasure in told for item in erasure.erased],
        kept=[item for _data, erasure in told for item in erasure.kept],
    )


@blueprint.post("/<uuid:person_id>/erase")
@page(personal.ERASE)
def erase(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """Erase what no duty keeps."""
    personal.erase(ctx, runtime().registry, person_id)
    flash("ok", _("Erased. What the law keeps is still here, with its reason."))
    return redirect_to("personal.data", person_id=person_id)


def _rows(held: Held) -> list[tuple[Message, str | Message]]:
    """Facts as the page shows them: days and moments in local form."""
    return [(label, _shown(value)) for label, value in held.facts if value not in (None, "")]


def _shown(value: object) -> str | Message:
    if isinstance(value, Message):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return day(value) if isinstance(value, date) else str(value)


def _record(held: Held) -> dict[str, object]:
    return {
        "label": _text(held.label),
        "facts": [{"label": _text(label), "value": _text(value)} for label, value in held.facts],
    }


def _text(value: object) -> object:
    if isinstance(value, Message):
        return value.render(translator(locale()))
    return value.isoformat() if isinstance(value, date | datetime) else value
