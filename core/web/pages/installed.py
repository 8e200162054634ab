"""What makes the pages an app on a phone: manifest, service worker, and the page without network. Nothing personal."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, jsonify, url_for

from core.sdk.web.language import locale
from core.sdk.web.render import render
from core.sdk.web.runtime import visitor
from core.sdk.web.view import public
from core.web.assets import Assets
from core.web.offline import web_manifest, worker_source

blueprint = Blueprint("installed", __name__)
_DAY = "max-age=86400"


def _assets() -> Assets:
    return cast(Assets, current_app.extensions["truong.assets"])


@blueprint.get("/app.webmanifest")
@public("browsers ask for it without cookies")
def manifest() -> Response:
    """The web app manifest; for a signed-in person in the school's name."""
    person = visitor()
    name = (person.school_name if person else "") or "Trường"
    response = jsonify(web_manifest(_assets(), name, url_for("home.start"), "/", locale()))
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/worker.js")
@public("browsers ask for it without cookies")
def worker() -> Response:
    """The service worker: at the root, because that is the widest scope it may have."""
    source = worker_source(_assets(), url_for("installed.offline"))
    return Response(source, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/offline")
@public("shown when there is no network")
def offline() -> Response:
    """The page without network; the worker keeps it."""
    return Response(render("offline.html", school_name="Trường"), headers={"Cache-Control": f"public, {_DAY}"})
