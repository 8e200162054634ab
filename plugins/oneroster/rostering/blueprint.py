"""The blueprint of the rostering service, with errors of unknown addresses in the standard's words."""

from __future__ import annotations

import logging

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from ..wire import refusal, said

log = logging.getLogger(__name__)
PREFIX = "/ims/oneroster/rostering/v1p2"
blueprint = Blueprint("oneroster", __name__, url_prefix=PREFIX)


@blueprint.errorhandler(HTTPException)
def http(error: HTTPException) -> Response:
    """Wrong methods and the like."""
    return said(error)


@blueprint.errorhandler(Exception)
def broken(error: Exception) -> Response:
    """A fault of ours: logged, never shown."""
    log.error("a OneRoster request failed", exc_info=error)
    return refusal(500, "internal_server_error", "the server failed; nothing was changed")
