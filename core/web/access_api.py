"""/api/v1/people/<id>/readers: who has looked at a person's sensitive data."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from flask import Response

from core.data.context import Context
from core.data.i18n import translator
from core.disclosure import log
from core.disclosure.access import LOG
from core.disclosure.people import function_of
from core.sdk.web import ApiBlueprint, api, json_list, locale

blueprint = ApiBlueprint("api-people", __name__, url_prefix="/people", description="Persons")


class ReaderAnswer(TypedDict):
    """One visit: who, in what function, which classes of data, what for."""

    at: datetime
    reader: str
    functions: list[str]
    how: str
    data_classes: list[str]
    purpose: str
    purpose_label: str
    reason: str
    place: str


@blueprint.route("/<uuid:person_id>/readers")
@blueprint.answers(200, ReaderAnswer, listed=True)
@blueprint.alt_response(404, description="No such person for this reader.")
@api(LOG)
def readers(ctx: Context, person_id: UUID) -> Response:
    """The latest 200 visits, newest first. A parent asks for their own child only."""
    say = translator(locale())
    items: list[ReaderAnswer] = [
        {
            "at": look.at, "reader": look.reader_name,
            "functions": [label.render(say) for label in function_of(look.reader_roles)],
            "how": look.how, "data_classes": look.data_classes, "purpose": look.purpose,
            "purpose_label": look.purpose_label.render(say), "reason": look.note, "place": look.place.render(say),
        }
        for look in log.looks_at(ctx, person_id)
    ]  # fmt: skip
    return json_list(items)
