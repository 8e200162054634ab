"""/api/v1/code-lists: lists of codes with their versions, for other systems."""

from __future__ import annotations

from flask import Response, jsonify, request

from core.data.context import Context
from core.data.i18n import translator
from core.sdk.web import ApiBlueprint, api, locale, runtime
from core.sdk.web.view import require_visitor
from core.types.contributions import Code
from core.types.errors import NotFound
from core.types.message import Message

blueprint = ApiBlueprint("api-code-lists", __name__, url_prefix="/code-lists", description="Lists of codes")


@blueprint.route("")
@blueprint.response(200)
@api("core.home.see")
def lists(ctx: Context) -> Response:
    """Every list with its versions, and the one in force today."""
    say, today = translator(locale()), ctx.now().date()
    found = runtime().registry.code_lists(require_visitor().modules).values()
    return jsonify(
        {
            "items": [
                {
                    "name": each.name,
                    "label": each.label.render(say),
                    "version": each.at(today).version,
                    "versions": [
                        {"version": v.version, "effective_from": v.effective_from.isoformat(),
                         "source": v.source.render(say)}
                        for v in each.versions
                    ],
                }
                for each in found
            ]
        }
    )  # fmt: skip


@blueprint.route("/<name>")
@blueprint.response(200)
@blueprint.alt_response(404, description="No such list or version.")
@api("core.home.see")
def one(ctx: Context, name: str) -> Response:
    """The codes of one list; `version` chooses one, else the version in force today."""
    found = runtime().registry.code_lists(require_visitor().modules).get(name)
    if found is None:
        raise NotFound
    wanted = request.args.get("version")
    versions = [v for v in found.versions if v.version == wanted] if wanted else [found.at(ctx.now().date())]
    if not versions:
        raise NotFound
    return jsonify({"name": found.name, "version": versions[0].version, "codes": list(map(_code, versions[0].codes))})


def _code(code: Code) -> dict[str, object]:
    say = translator(locale())
    label = code.label.render(say) if isinstance(code.label, Message) else code.label
    ended = {"until": code.until.isoformat(), "replaced_by": code.replaced_by} if code.until else {}
    return {"code": code.code, "label": label, **ended}
