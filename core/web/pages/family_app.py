"""What makes family pages an app on the phone, and the gallery of parts for those who build pages."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort, current_app, jsonify, url_for

from core.sdk.web.language import locale
from core.sdk.web.render import render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import public
from core.web.assets import Assets
from core.web.components import gallery_context
from core.web.offline import web_manifest, worker_source

blueprint = Blueprint("family_app", __name__)


def _assets() -> Assets:
    return cast(Assets, current_app.extensions["truong.assets"])


@blueprint.get("/worker.js")
@public("a program without data, the same for everybody")
def worker() -> Response:
    """The service worker; it keeps static files and the offline page, nothing personal."""
    source = worker_source(_assets(), url_for("family_app.offline"))
    response = Response(source, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/app.webmanifest")
@public("names and icons only")
def manifest() -> Response:
    """The web app manifest of the family pages."""
    start = url_for("home.start")
    response = jsonify(web_manifest(_assets(), "Trường", start, "/", locale()))
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/offline")
@public("shown when there is no connection; it holds no data")
def offline() -> str:
    """The page that the worker shows without a connection."""
    return render("offline.html", school_name="Trường")


@blueprint.get("/dev/gallery")
@public("parts with invented content, in development only")
def gallery() -> str:
    """Every part in every state."""
    if not runtime().development:
        abort(404)
    return render("gallery.html", **gallery_context(locale()))
