"""/api/v1/code-lists: lists of codes with their versions, for other systems."""

from __future__ import annotations

from datetime import date
from typing import Any, NotRequired, TypedDict

from flask import Response
from marshmallow import Schema, fields

from core.data.context import Context
from core.data.i18n import translator
from core.sdk.web import ApiBlueprint, api, json_answer, json_list, locale, runtime
from core.sdk.web.view import require_visitor
from core.types.contributions import Code
from core.types.errors import NotFound
from core.types.message import Message

blueprint = ApiBlueprint("api-code-lists", __name__, url_prefix="/code-lists", description="Lists of codes")


class VersionAnswer(TypedDict):
    """A version of a list: the act that sets it, and from when."""

    version: str
    effective_from: date
    source: str


class ListAnswer(TypedDict):
    """A list of codes with its versions and the one in force today."""

    name: str
    label: str
    version: str
    versions: list[VersionAnswer]


class VersionQuery(Schema):
    """Which version of a list."""

    version = fields.String(load_default=None, metadata={"description": "else the one in force today"})


class CodeAnswer(TypedDict):
    """A code; one that has ended says since when and what replaces it."""

    code: str
    label: str
    until: NotRequired[date]
    replaced_by: NotRequired[str]


class CodesAnswer(TypedDict):
    """The codes of one version of a list."""

    name: str
    version: str
    codes: list[CodeAnswer]


@blueprint.route("")
@blueprint.answers(200, ListAnswer, listed=True)
@api("core.home.see")
def lists(ctx: Context) -> Response:
    """Every list with its versions, and the one in force today."""
    say, today = translator(locale()), ctx.now().date()
    found = runtime().registry.code_lists(require_visitor().modules).values()
    items: list[ListAnswer] = [
        {
            "name": each.name,
            "label": each.label.render(say),
            "version": each.at(today).version,
            "versions": [
                {"version": v.version, "effective_from": v.effective_from, "source": v.source.render(say)}
                for v in each.versions
            ],
        }
        for each in found
    ]
    return json_list(items)


@blueprint.route("/<name>")
@blueprint.arguments(VersionQuery, location="query")
@blueprint.answers(200, CodesAnswer)
@blueprint.alt_response(404, description="No such list or version.")
@api("core.home.see")
def one(ctx: Context, query: dict[str, Any], name: str) -> Response:
    """The codes of one list."""
    found = runtime().registry.code_lists(require_visitor().modules).get(name)
    if found is None:
        raise NotFound
    wanted = query["version"]
    versions = [v for v in found.versions if v.version == wanted] if wanted else [found.at(ctx.now().date())]
    if not versions:
        raise NotFound
    body: CodesAnswer = {
        "name": found.name, "version": versions[0].version, "codes": list(map(_code, versions[0].codes))
    }  # fmt: skip
    return json_answer(body)


def _code(code: Code) -> CodeAnswer:
    say = translator(locale())
    label = code.label.render(say) if isinstance(code.label, Message) else code.label
    if code.until is None:
        return {"code": code.code, "label": label}
    return {"code": code.code, "label": label, "until": code.until, "replaced_by": code.replaced_by}
